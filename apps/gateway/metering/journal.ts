import type { GenerationRecord, GenerationStore } from "./generation-record.ts";

/**
 * Takes the record of every generation off the relaying path: kept in memory for a moment, written in durable batches.
 * Bounded: when the store does not keep up, the oldest are written down as lost in `dropped` rather than filling memory.
 */
export interface Journal {
  record(generation: GenerationRecord): void;
  /** A record, stored by then unless the store refuses. */
  find(id: string): Promise<GenerationRecord | undefined>;
  readonly dropped: number;
  /** Writes what is left. */
  close(): Promise<void>;
}

const flushMs = 100;
const batchSize = 256;
const maxPending = 20_000;

export function createJournal(store: GenerationStore, onError: (error: unknown) => void): Journal {
  let pending: GenerationRecord[] = [];
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let inFlight: readonly GenerationRecord[] = [];
  let dropped = 0;
  let closed = false;

  function schedule(): void {
    if (closed) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      void flush();
    }, flushMs);
  }

  function flush(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = undefined;
      if (pending.length > 0) schedule();
    });
    return writing;
  }

  async function writeAll(): Promise<void> {
    while (pending.length > 0) {
      inFlight = pending.slice(0, batchSize);
      pending = pending.slice(batchSize);
      try {
        await store.append(inFlight);
        inFlight = [];
      } catch (error) {
        pending = [...inFlight, ...pending];
        inFlight = [];
        onError(error);
        return;
      }
    }
  }

  return {
    record(generation) {
      if (pending.length >= maxPending) {
        pending.shift();
        dropped += 1;
      }
      pending.push(generation);
      schedule();
    },
    async find(id) {
      const waiting = pending.find((record) => record.id === id) ?? inFlight.find((record) => record.id === id);
      if (waiting === undefined) return await store.find(id);
      // What somebody has been told must still be there after a crash.
      await flush();
      return waiting;
    },
    get dropped() {
      return dropped;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      timer = undefined;
      await writing;
      await flush();
      // What could not be written now never will be.
      dropped += pending.length;
      pending = [];
    },
  };
}
