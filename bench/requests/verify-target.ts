import { readFileSync } from "node:fs";
import { runStreams } from "../load/run-load.ts";
import type { RunningTarget } from "../targets/target.ts";
import type { Bench } from "../workbench/bench.ts";
import { CHECK_STREAM, SMALL_MODEL, endingOf } from "./models.ts";
import { requestFor } from "./request-for.ts";
import { smallRequest, streamRequest } from "./messages-request.ts";

type Block = Record<string, unknown>;

/**
 * Asks one small question and checks the answer, so that no error page is ever measured. Returns the thinking block that
 * a Messages target gave, for the large request.
 */
export async function verifyAnswer(bench: Bench, target: RunningTarget): Promise<Block | undefined> {
  const request = requestFor(bench.pool, target, smallRequest(target.model(SMALL_MODEL)));
  const response = await fetch(request.url, {
    method: "POST",
    headers: { "content-type": "application/json", ...request.headers },
    body: readFileSync(request.bodyFile),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`answers ${response.status}: ${text.slice(0, 200)}`);
  if (!text.includes("The file is written.")) throw new Error(`answers something else: ${text.slice(0, 200)}`);
  const { content } = JSON.parse(text) as { content?: Block[] };
  return content?.find((block) => block["type"] === "thinking");
}

/** Reads one short stream to its end; throws with the reason when it is not whole. */
export async function verifyStream(bench: Bench, target: RunningTarget): Promise<void> {
  const request = requestFor(bench.pool, target, streamRequest(target.model(CHECK_STREAM.model)));
  const load = { streams: 1, chunks: CHECK_STREAM.chunks, ending: endingOf(target.speaks), timeout: 10_000 };
  const result = await runStreams(bench, request, load);
  if (result.complete !== 1) throw new Error(`does not stream: ${Object.keys(result.reasons).join(", ")}`);
}
