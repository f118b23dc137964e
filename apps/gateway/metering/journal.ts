import type { GenerationRecord, GenerationStore } from "./generation-record.ts";

/**
 * Takes the record of every generation off the relaying path: kept in memory for a moment, written in durable batches.
 * Bounded: when the store does not keep up, the oldest are lost rather than filling memory, and `onDropped` hears of it.
 */
export interface Journal {
  record(generation: GenerationRecord): void;
  /** A record, stored by then unless the store refuses. */
  find(id: string): Promise<GenerationRecord | undefined>;
  /** Writes what is left. */
  close(): Promise<void>;
}

const flushMs = 100;
/** Pause after a batch that could not be written: each failure is a line in the log. */
const retryMs = 1_000;
const batchSize = 256;
const maxPending = 20_000;

/** @param onDropped gets the number of records that are lost */
export function createJournal(
  store: GenerationStore,
  onError: (error: unknown) => void,
  onDropped: (count: number) => void,
): Journal {
  let pending: GenerationRecord[] = [];
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let inFlight: readonly GenerationRecord[] = [];
  let closed = false;

  function schedule(ms: number): void {
    if (closed) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      void flush();
    }, ms);
  }

  function flush(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = undefined;
      // Whatever is left could not be written.
      if (pending.length > 0) schedule(retryMs);
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
        onDropped(1);
      }
      pending.push(generation);
      schedule(flushMs);
    },
    async find(id) {
      const waiting = pending.find((record) => record.id === id) ?? inFlight.find((record) => record.id === id);
      if (waiting === undefined) return await store.find(id);
      // What somebody has been told must still be there after a crash.
      await flush();
      return waiting;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      timer = undefined;
      await writing;
      await flush();
      // What could not be written now never will be.
      if (pending.length > 0) onDropped(pending.length);
      pending = [];
    },
  };
}
