import { get } from "node:http";
import { createServer } from "node:net";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../workbench/bench.ts";
import type { Command } from "../workbench/process-pool.ts";
import type { RunningTarget } from "./target.ts";

const START_LIMIT = 20_000;

/** Starts a gateway's process and waits until `readyUrl` answers 200. */
export async function startGateway(
  bench: Bench,
  command: Command,
  readyUrl: string,
): Promise<Pick<RunningTarget, "pid" | "readyAfter" | "stop">> {
  const begin = performance.now();
  const child = bench.pool.start(command);
  let ended = false;
  void child.ended.then(() => (ended = true));
  while (!(await answersOk(readyUrl))) {
    const waited = performance.now() - begin;
    if (ended || waited > START_LIMIT) {
      await bench.pool.stop(child);
      throw new Error(`not ready after ${Math.round(waited)} ms: ${child.output().trim().slice(-500)}`);
    }
    await sleep(5);
  }
  return { pid: child.pid, readyAfter: performance.now() - begin, stop: () => bench.pool.stop(child) };
}

function answersOk(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
