import { Worker } from "node:worker_threads";

/** The mock upstream of the keyless default, off the thread that relays. */
export interface MockThread {
  url: string;
  close(): Promise<void>;
}

/** Beside this module: TypeScript when run from source, JavaScript in a bundle, which needs the worker as a further entry. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./mock-worker.ts" : "./mock-worker.js", import.meta.url);
}

export async function startMockThread(): Promise<MockThread> {
  const worker = new Worker(workerUrl(), { name: "mock-upstream", execArgv: [] });
  const started = Promise.withResolvers<string>();
  worker.on("message", ({ url }: { url: string }) => started.resolve(url));
  worker.on("error", (error) => started.reject(error));
  const url = await started.promise;
  return {
    url,
    async close() {
      await worker.terminate();
    },
  };
}
