import { Worker } from "node:worker_threads";

/** Counts tokens of any text without blocking the thread that relays. */
export interface Tokenizer {
  /** @returns tokens in o200k, an estimate for models of other makers. Never rejects: the length tells about as much. */
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
  /** Undefined: the worker is gone. */
  const waiting = new Map<number, (tokens: number | undefined) => void>();
  let worker: Worker | undefined;
  let nextId = 0;

  function start(): Worker {
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const started = new Worker(new URL(`./tokenizer-worker.${extension}`, import.meta.url), { env: {} });
    started.on("message", ({ id, tokens }: { id: number; tokens: number }) => {
      waiting.get(id)?.(tokens);
      waiting.delete(id);
      if (waiting.size === 0) started.unref();
    });
    started.on("error", () => {
      worker = undefined;
      for (const settle of waiting.values()) settle(undefined);
      waiting.clear();
    });
    return started;
  }

  return {
    async count(text) {
      if (waiting.size >= maxWaiting) return estimate(text);
      const sample = text.length > maxText ? text.slice(0, maxText) : text;
      worker ??= start();
      worker.ref();
      const id = nextId++;
      const current = worker;
      const tokens = await new Promise<number | undefined>((resolve) => {
        waiting.set(id, resolve);
        current.postMessage({ id, text: sample });
      });
      if (tokens === undefined) return estimate(text);
      return Math.ceil(tokens * (text.length / Math.max(1, sample.length)));
    },
    isStarted: () => worker !== undefined,
    async close() {
      await worker?.terminate();
    },
  };
}

function estimate({ length }: string): number {
  return Math.ceil(length / 4);
}
