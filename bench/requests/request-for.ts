import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { chatFromMessages } from "../peers/bare-conversion.ts";
import type { RunningTarget } from "../targets/target.ts";
import type { ProcessPool } from "../workbench/process-pool.ts";

/** A request ready for the load generators: where, with which headers, and a file with the body. */
export type LoadRequest = { url: string; headers: Record<string, string>; bodyFile: string; bytes: number };

/** Writes a Messages request for a target; for one that speaks only Chat Completions, what the bare proxy would make of it. */
export function requestFor(pool: ProcessPool, target: RunningTarget, messages: Record<string, unknown>): LoadRequest {
  const body = JSON.stringify(target.speaks === "messages" ? messages : chatFromMessages(messages));
  const bodyFile = join(pool.makeFolder(), "body.json");
  writeFileSync(bodyFile, body);
  return { url: target.url, headers: target.headers, bodyFile, bytes: Buffer.byteLength(body) };
}
