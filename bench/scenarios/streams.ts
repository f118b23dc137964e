import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { runStreams } from "../load/run-load.ts";
import { streamRequest } from "../requests/messages-request.ts";
import { CHUNK_INTERVAL, WARM_STREAM, endingOf, streamModel } from "../requests/models.ts";
import { requestFor } from "../requests/request-for.ts";
import { verifyStream } from "../requests/verify-target.ts";
import type { RunningTarget, Target } from "../targets/target.ts";
import type { Bench } from "../workbench/bench.ts";
import { median } from "../workbench/median.ts";
import { readUsage, type Usage } from "../workbench/process-usage.ts";
import { messageOf, noteOf } from "./field.ts";
import { addDifferences } from "./latency.ts";
import type { Row, Scenario, Values } from "./scenario.ts";

const RAMP = 1000;
const SAMPLE_INTERVAL = 250;
/** A stream may take this much longer than the upstream's own pace before it counts as stuck. */
const PATIENCE = 8000;

/** Many streams of 10 chunks per second at once, each target in a fresh process. */
export function streamsOf(streams: number): Scenario {
  return {
    name: `streams-${streams}`,
    title: `${streams} streams of 10 chunks/s, Messages -> chat`,
    columns: [
      { name: "complete", heading: "complete", digits: 0 },
      { name: "firstP50", heading: "first chunk p50 ms", digits: 1 },
      { name: "firstP99", heading: "p99", digits: 1 },
      { name: "chunkP50", heading: "chunk p50 ms", digits: 2 },
      { name: "chunkP99", heading: "p99", digits: 2 },
      { name: "addedP50", heading: "added p50", digits: 2 },
      { name: "addedP99", heading: "added p99", digits: 2 },
      { name: "cpuMicros", heading: "CPU us/chunk", digits: 0 },
      { name: "cpuAllMicros", heading: "with opening", digits: 0 },
      { name: "rssKb", heading: "RSS KB/stream", digits: 0 },
    ],
    run: async (bench) => {
      const rows: Row[] = [];
      for (const target of bench.targets) rows.push(await measureTarget(bench, target, streams));
      addDifferences(rows, { chunkP50: "addedP50", chunkP99: "addedP99" });
      return rows;
    },
  };
}

async function measureTarget(bench: Bench, target: Target, streams: number): Promise<Row> {
  let running: RunningTarget | undefined;
  try {
    running = await target.start(bench);
    await verifyStream(bench, running);
    return { target: target.name, values: await measure(bench, running, streams), note: noteOf(target.speaks) };
  } catch (error) {
    return { target: target.name, values: {}, note: messageOf(error) };
  } finally {
    await running?.stop();
  }
}

async function measure(bench: Bench, target: RunningTarget, streams: number): Promise<Values> {
  const ending = endingOf(target.speaks);
  const warm = requestFor(bench.pool, target, streamRequest(target.model(WARM_STREAM.model)));
  await runStreams(bench, warm, { streams: 100, chunks: WARM_STREAM.chunks, ending, timeout: PATIENCE });
  await sleep(300);

  const chunks = bench.depth.streamChunks;
  const length = chunks * CHUNK_INTERVAL;
  const request = requestFor(bench.pool, target, streamRequest(target.model(streamModel(chunks, CHUNK_INTERVAL))));
  const before = readUsage(target.pid);
  const sampling = sampleUsage(target.pid, RAMP, length);
  const result = await runStreams(bench, request, { streams, chunks, ending, timeout: length + PATIENCE });
  const after = readUsage(target.pid);
  const open = await sampling;

  const values: Values = {
    complete: result.complete,
    headersP50: result.headers.p50,
    headersP99: result.headers.p99,
    firstP50: result.firstChunk.p50,
    firstP99: result.firstChunk.p99,
    chunkP50: result.latency.p50,
    chunkP99: result.latency.p99,
  };
  if (before === undefined || after === undefined || result.chunks === 0) return values;
  values["cpuAllMicros"] = ((after.cpuSeconds - before.cpuSeconds) * 1e6) / result.chunks;
  const memory = median(open.map(({ rssBytes }) => rssBytes));
  if (memory !== undefined) values["rssKb"] = (memory - before.rssBytes) / 1000 / streams;
  // A target that falls behind did not carry the chunks that were due in the window.
  if (result.complete === streams && result.latency.p99 < CHUNK_INTERVAL) {
    values["cpuMicros"] = cpuPerChunk(open, streams);
  }
  return values;
}

type Sample = Usage & { at: number };

/** Microseconds of CPU per chunk between the first and the last sample, when every stream had one chunk per interval. */
function cpuPerChunk(open: Sample[], streams: number): number | undefined {
  const [first, last] = [open[0], open.at(-1)];
  if (first === undefined || last === undefined || last.at === first.at) return undefined;
  const chunks = (streams * (last.at - first.at)) / CHUNK_INTERVAL;
  return ((last.cpuSeconds - first.cpuSeconds) * 1e6) / chunks;
}

/** Samples while all streams are open: after the last was opened, before the first has ended. */
async function sampleUsage(pid: number, from: number, to: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const begin = performance.now();
  await sleep(from + SAMPLE_INTERVAL);
  while (performance.now() - begin < to - SAMPLE_INTERVAL / 2) {
    const usage = readUsage(pid);
    if (usage !== undefined) samples.push({ ...usage, at: performance.now() });
    await sleep(SAMPLE_INTERVAL);
  }
  return samples;
}
