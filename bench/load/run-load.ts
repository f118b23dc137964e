import { join } from "node:path";
import type { LoadRequest } from "../requests/request-for.ts";
import type { Bench } from "../workbench/bench.ts";

/** Milliseconds. */
export type Summary = { count: number; mean: number; p50: number; p90: number; p99: number; max: number };

export type CallsResult = { latency: Summary; failed: number; reasons: Record<string, number>; seconds: number };

export type StreamsResult = {
  streams: number;
  complete: number;
  chunks: number;
  expected: number;
  reasons: Record<string, number>;
  headers: Summary;
  firstChunk: Summary;
  latency: Summary;
  seconds: number;
};

type LoadContext = Pick<Bench, "pool" | "tools" | "benchFolder">;

/** Repeats one request: closed loop at a concurrency, or open loop at a rate per second. Times in milliseconds. */
export async function runCalls(
  bench: LoadContext,
  request: LoadRequest,
  load: { duration: number; count?: number; rate?: number; concurrency?: number },
): Promise<CallsResult> {
  const flags = [`--duration=${load.duration}ms`, `--count=${load.count ?? 0}`];
  flags.push(`--rate=${load.rate ?? 0}`, `--concurrency=${load.concurrency ?? 1}`);
  return (await runTool(bench, "calls", request, flags)) as CallsResult;
}

/** Opens many streams over one second and reads each to its end. */
export async function runStreams(
  bench: LoadContext,
  request: LoadRequest,
  load: { streams: number; chunks: number; ending: string; timeout: number },
): Promise<StreamsResult> {
  const flags = [`--streams=${load.streams}`, `--chunks=${load.chunks}`, `--ending=${load.ending}`];
  flags.push(`--timeout=${load.timeout}ms`);
  return (await runTool(bench, "streams", request, flags)) as StreamsResult;
}

async function runTool(bench: LoadContext, mode: string, request: LoadRequest, flags: string[]): Promise<unknown> {
  const headers = Object.entries(request.headers).map(([name, value]) => `--header=${name}:${value}`);
  const command = [
    ...bench.tools.load,
    mode,
    `--url=${request.url}`,
    `--body=${request.bodyFile}`,
    ...headers,
    ...flags,
  ];
  return JSON.parse(await bench.pool.run({ command }));
}

/** Requests per second that were answered with 200, as autocannon counts them, and how many were not. */
export async function runAutocannon(
  bench: LoadContext,
  request: LoadRequest,
  load: { connections: number; seconds: number },
): Promise<{ perSecond: number; failed: number }> {
  const headers = Object.entries(request.headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const program = join(bench.benchFolder, "node_modules/autocannon/autocannon.js");
  const command = [process.execPath, program, "-j", "-n", "-m", "POST", "-c", String(load.connections)];
  command.push("-d", String(load.seconds), "-i", request.bodyFile, "-H", "content-type: application/json");
  const printed = await bench.pool.run({ command: [...command, ...headers, request.url] });
  const result = JSON.parse(printed) as { "2xx": number; non2xx: number; errors: number; duration: number };
  return { perSecond: result["2xx"] / result.duration, failed: result.non2xx + result.errors };
}
