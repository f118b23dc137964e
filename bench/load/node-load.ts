// The load generator for machines without Go: same modes, flags and output as the Go one, at several times its CPU.
import { readFileSync } from "node:fs";
import { Agent, request, type IncomingMessage } from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { CallsResult, StreamsResult, Summary } from "./run-load.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: "string", default: "" },
    body: { type: "string", default: "" },
    header: { type: "string", multiple: true, default: [] },
    duration: { type: "string", default: "5000ms" },
    timeout: { type: "string", default: "20000ms" },
    concurrency: { type: "string", default: "1" },
    rate: { type: "string", default: "0" },
    count: { type: "string", default: "0" },
    streams: { type: "string", default: "10" },
    chunks: { type: "string", default: "20" },
    ending: { type: "string", default: "message_stop" },
  },
});
const body = readFileSync(values.body);
const headers = Object.fromEntries(
  values.header.map((text) => [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)]),
);
const agent = new Agent({ keepAlive: true, maxSockets: 4096 });
const timeout = Number.parseInt(values.timeout, 10);

const result = positionals[0] === "streams" ? await runStreams() : await runCalls();
console.log(JSON.stringify(result));
process.exit(0);

/** Sends the request once; resolves when the answer has begun. */
function post(): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(values.url, {
      method: "POST",
      agent,
      headers: { "content-type": "application/json", "content-length": body.length, ...headers },
      signal: AbortSignal.timeout(timeout),
    });
    sent.on("response", resolve);
    sent.on("error", () => reject(new Error("no answer")));
    sent.end(body);
  });
}

async function runCalls(): Promise<CallsResult> {
  const latencies: number[] = [];
  const reasons: Record<string, number> = {};
  const [count, rate] = [Number(values.count), Number(values.rate)];
  const begin = performance.now();
  const deadline = begin + Number.parseInt(values.duration, 10);
  let started = 0;
  const call = async (): Promise<void> => {
    const sent = performance.now();
    try {
      const response = await post();
      for await (const _ of response);
      if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
      latencies.push(performance.now() - sent);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
  };
  const mayStart = (): boolean => performance.now() < deadline && (count === 0 || started < count);
  if (rate > 0) {
    const calls: Promise<void>[] = [];
    for (; mayStart(); started += 1) {
      calls.push(call());
      await sleep(begin + ((started + 1) / rate) * 1000 - performance.now());
    }
    await Promise.all(calls);
  } else {
    const work = async (): Promise<void> => {
      while (mayStart()) {
        started += 1;
        await call();
      }
    };
    await Promise.all(Array.from({ length: Number(values.concurrency) }, work));
  }
  const failed = Object.values(reasons).reduce((sum, n) => sum + n, 0);
  return { latency: summarize(latencies), failed, reasons, seconds: (performance.now() - begin) / 1000 };
}

async function runStreams(): Promise<StreamsResult> {
  const [streams, chunks] = [Number(values.streams), Number(values.chunks)];
  const [latencies, headerTimes, firstTimes]: [number[], number[], number[]] = [[], [], []];
  const reasons: Record<string, number> = {};
  let complete = 0;
  const begin = performance.now();
  const read = async (number: number): Promise<string | undefined> => {
    await sleep((number * 1000) / streams);
    const sent = performance.now();
    const response = await post();
    headerTimes.push(performance.now() - sent);
    if (response.statusCode !== 200) return `status ${response.statusCode}`;
    let [tail, last, seen] = ["", 0, 0];
    for await (const piece of response) {
      const now = performance.timeOrigin + performance.now();
      const text: string = tail + (piece as Buffer).toString("latin1");
      for (const [, stamp] of text.matchAll(/t=(\d+);/g)) {
        const at = Number(stamp) / 1e6;
        if (at <= last) continue;
        if (seen === 0) firstTimes.push(performance.now() - sent);
        [last, seen] = [at, seen + 1];
        latencies.push(now - at);
      }
      tail = text.slice(-32);
      if (text.includes(values.ending) && seen === chunks) return undefined;
    }
    return `${seen} of ${chunks} chunks, or no last event`;
  };
  await Promise.all(
    Array.from({ length: streams }, async (_, number) => {
      const problem = await read(number).catch(() => "cut or no answer");
      if (problem === undefined) complete += 1;
      else reasons[problem] = (reasons[problem] ?? 0) + 1;
    }),
  );
  return {
    streams,
    complete,
    chunks: latencies.length,
    expected: streams * chunks,
    reasons,
    headers: summarize(headerTimes),
    firstChunk: summarize(firstTimes),
    latency: summarize(latencies),
    seconds: (performance.now() - begin) / 1000,
  };
}

function summarize(milliseconds: number[]): Summary {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  const mean = sorted.length === 0 ? 0 : sorted.reduce((sum, n) => sum + n, 0) / sorted.length;
  return { count: sorted.length, mean, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}
