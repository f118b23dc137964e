import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeGeneration } from "../storage/storage-contract.ts";
import type { GenerationRecord, GenerationStore } from "./generation-record.ts";
import { createJournal } from "./journal.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function memoryStore() {
  const stored: GenerationRecord[] = [];
  const state = { broken: false, batches: 0 };
  const store: GenerationStore = {
    async append(records) {
      if (state.broken) throw new Error("disk full");
      state.batches += 1;
      stored.push(...records);
    },
    find: async (id) => stored.find((record) => record.id === id),
  };
  return { store, stored, state };
}

test("records of a moment are written in one batch", async () => {
  const { store, stored, state } = memoryStore();
  const journal = createJournal(store, () => undefined);
  const records = Array.from({ length: 10 }, () => makeGeneration());
  for (const record of records) journal.record(record);
  expect(stored).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect([stored, state.batches]).toEqual([records, 1]);
});

test("a record that has been told is stored by then", async () => {
  const { store, stored } = memoryStore();
  const journal = createJournal(store, () => undefined);
  const record = makeGeneration();
  journal.record(record);
  expect(await journal.find(record.id)).toBe(record);
  expect(stored).toEqual([record]);
  expect(await journal.find("nothing")).toBeUndefined();
});

test("a store that fails for a while loses nothing", async () => {
  const { store, stored, state } = memoryStore();
  const onError = vi.fn<(error: unknown) => void>();
  const journal = createJournal(store, onError);
  const [first, second] = [makeGeneration(), makeGeneration()];
  state.broken = true;
  journal.record(first);
  await vi.advanceTimersByTimeAsync(500);
  expect(onError).toHaveBeenCalled();
  expect(await journal.find(first.id)).toBe(first);
  journal.record(second);
  state.broken = false;
  await vi.advanceTimersByTimeAsync(500);
  expect(stored).toEqual([first, second]);
  expect(journal.dropped).toBe(0);
});

test("close writes what is left, and gives up on a store that refuses instead of trying for ever", async () => {
  const good = memoryStore();
  const journal = createJournal(good.store, () => undefined);
  journal.record(makeGeneration());
  await journal.close();
  expect(good.stored).toHaveLength(1);

  const bad = memoryStore();
  bad.state.broken = true;
  const onError = vi.fn<(error: unknown) => void>();
  const failing = createJournal(bad.store, onError);
  failing.record(makeGeneration());
  await failing.close();
  const calls = onError.mock.calls.length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect([onError.mock.calls.length, failing.dropped]).toEqual([calls, 1]);
});
