import { Worker } from "node:worker_threads";

/** Counts tokens of any text without blocking the thread that relays. */
export interface Tokenizer {
  /** @returns tokens in o200k, an estimate for models of other makers. */
  count(text: string): Promise<number>;
  /** The worker and its vocabulary are there already. */
  isStarted(): boolean;
  close(): Promise<void>;
}

/** Waiting counts; beyond it the length is the estimate, so that a flood cannot fill memory. */
const maxWaiting = 256;
/** Longer texts (characters) are estimated from a sample of this size. */
const maxText = 8 * 1024 * 1024;

/** The worker (and its 100 MB of vocabulary) starts with the first count. */
export function createTokenizer(): Tokenizer {
  const waiting = new Map<number, { resolve(tokens: number): void; reject(error: Error): void }>();
  let worker: Worker | undefined;
  let nextId = 0;

  function start(): Worker {
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const started = new Worker(new URL(`./tokenizer-worker.${extension}`, import.meta.url), { env: {} });
    started.on("message", ({ id, tokens }: { id: number; tokens: number }) => {
      waiting.get(id)?.resolve(tokens);
      waiting.delete(id);
      if (waiting.size === 0) started.unref();
    });
    started.on("error", (error) => {
      worker = undefined;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    });
    return started;
  }

  return {
    async count(text) {
      if (waiting.size >= maxWaiting) return Math.ceil(text.length / 4);
      const sample = text.length > maxText ? text.slice(0, maxText) : text;
      worker ??= start();
      worker.ref();
      const id = nextId++;
      const current = worker;
      const tokens = await new Promise<number>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        current.postMessage({ id, text: sample });
      });
      return Math.ceil(tokens * (text.length / Math.max(1, sample.length)));
    },
    isStarted: () => worker !== undefined,
    async close() {
      await worker?.terminate();
    },
  };
}
