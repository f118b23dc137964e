import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { clientEnvironment, type Target } from "./client-environment.ts";
import { claudeVersions, type ClaudeVersion } from "./places.ts";
import { startProgram } from "./start-program.ts";

/** What `--output-format json` prints, as far as it is read here. `subtype` says "success" even of failures. */
export interface ClientResult {
  is_error: boolean;
  result?: string;
  num_turns: number;
  session_id: string;
  usage: { input_tokens: number; cache_read_input_tokens: number; output_tokens: number };
}

export interface ClientRun {
  code: number | null;
  result: ClientResult;
  wallMs: number;
  stderr: string;
}

export interface ClientCall {
  prompt: string;
  target: Target;
  /** Holds `home` and `work`, so that a later call can continue the session. */
  folder: string;
  args?: readonly string[];
  env?: Record<string, string>;
  timeoutMs?: number;
}

/** Lays out the folders of a client: its home, and the folder it works in. */
export function clientFolders(folder: string): { home: string; work: string } {
  const [home, work] = [join(folder, "home"), join(folder, "work")];
  mkdirSync(home, { recursive: true });
  mkdirSync(work, { recursive: true });
  return { home, work };
}

/** Runs `claude -p PROMPT` to its end. */
export async function runClaude(version: ClaudeVersion, call: ClientCall): Promise<ClientRun> {
  const { home, work } = clientFolders(call.folder);
  const finished = await startProgram(
    claudeVersions[version],
    [
      "-p",
      call.prompt,
      "--output-format",
      "json",
      "--dangerously-skip-permissions",
      "--max-turns",
      "400",
      ...(call.args ?? []),
    ],
    { cwd: work, env: { ...clientEnvironment(home, call.target), ...call.env }, timeoutMs: call.timeoutMs ?? 240_000 },
  ).done;
  return readRun(finished);
}

export function readRun(finished: { code: number | null; stdout: string; stderr: string; wallMs: number }): ClientRun {
  const { code, stdout, stderr, wallMs } = finished;
  let result: ClientResult;
  try {
    result = JSON.parse(stdout) as ClientResult;
  } catch {
    throw new Error(`the client printed no result (exit ${code}): ${stdout}\n${stderr}`);
  }
  return { code, result, wallMs, stderr };
}

/** The same through the Agent SDK's query(). */
export async function runAgentSdk(call: ClientCall): Promise<ClientRun> {
  const { home, work } = clientFolders(call.folder);
  const program = join(import.meta.dirname, "agent-sdk-session.ts");
  const finished = await startProgram("node", [program, call.prompt, claudeVersions["2.1.330"]], {
    cwd: work,
    env: { ...clientEnvironment(home, call.target), ...call.env },
    timeoutMs: call.timeoutMs ?? 240_000,
  }).done;
  return readRun(finished);
}
