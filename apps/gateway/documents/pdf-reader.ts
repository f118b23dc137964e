import { createHash } from "node:crypto";
import { Worker } from "node:worker_threads";
import type { PdfText } from "./pdf-text.ts";

/** Gives the text of PDFs, for models that take no documents. */
export interface PdfReader {
  /** @param data base64 */
  read(data: string): Promise<PdfText>;
  close(): Promise<void>;
}

/** Longest time one file may take, in milliseconds, waiting for others included. */
const longestReadMs = 20_000;
/** Files waiting to be read; further ones are not. */
const maxWaiting = 16;
/** Texts remembered, in characters all together: a file is sent again with every turn of its conversation. */
const maxRemembered = 16_000_000;

const busy: PdfText = Object.freeze({ problem: "cannot be read now: too many files wait" });

/** The worker starts with the first file, and is ended by one that takes too long. */
export function createPdfReader(): PdfReader {
  const waiting = new Map<number, (text: PdfText) => void>();
  const known = new Map<string, PdfText>();
  let knownLength = 0;
  let worker: Worker | undefined;
  let nextId = 0;

  function start(): Worker {
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const started = new Worker(new URL(`./read-pdf-worker.${extension}`, import.meta.url), {
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    started.on("message", ({ id, text }: { id: number; text: PdfText }) => {
      waiting.get(id)?.(text);
      waiting.delete(id);
      if (waiting.size === 0) started.unref();
    });
    started.on("error", () => giveUp("is no PDF that can be read"));
    return started;
  }

  /** The file that is being read is too much for the worker; those behind it are not to blame. */
  function giveUp(problem: string): void {
    void worker?.terminate();
    worker = undefined;
    const [first, ...others] = waiting.values();
    waiting.clear();
    first?.({ problem });
    for (const settle of others) settle(busy);
  }

  function remember(key: string, text: PdfText): void {
    known.set(key, text);
    knownLength += lengthOf(text);
    for (const [oldest, one] of known) {
      if (knownLength <= maxRemembered) break;
      known.delete(oldest);
      knownLength -= lengthOf(one);
    }
  }

  async function readAnew(data: string): Promise<PdfText> {
    if (waiting.size >= maxWaiting) return busy;
    worker ??= start();
    worker.ref();
    const id = nextId++;
    const bytes = new Uint8Array(Buffer.from(data, "base64"));
    const { promise, resolve } = Promise.withResolvers<PdfText>();
    waiting.set(id, resolve);
    worker.postMessage({ id, data: bytes }, [bytes.buffer]);
    const timer = setTimeout(() => giveUp("takes too long to read"), longestReadMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async read(data) {
      const key = createHash("sha256").update(data).digest("base64");
      const before = known.get(key);
      if (before !== undefined) return before;
      const text = await readAnew(data);
      if (text !== busy && !known.has(key)) remember(key, text);
      return text;
    },
    async close() {
      await worker?.terminate();
    },
  };
}

/** What is remembered beside the text itself is small. */
function lengthOf({ text, problem }: PdfText): number {
  return (text ?? problem).length + 200;
}
