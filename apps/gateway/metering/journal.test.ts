import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeGeneration } from "../storage/storage-contract.ts";
import type { GenerationRecord, GenerationStore } from "./generation-record.ts";
import { createJournal } from "./journal.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const ignore = (): void => undefined;

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
  const journal = createJournal(store, ignore, ignore);
  const records = Array.from({ length: 10 }, () => makeGeneration());
  for (const record of records) journal.record(record);
  expect(stored).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect([stored, state.batches]).toEqual([records, 1]);
});

test("a record that has been told is stored by then", async () => {
  const { store, stored } = memoryStore();
  const journal = createJournal(store, ignore, ignore);
  const record = makeGeneration();
  journal.record(record);
  expect(await journal.find(record.id)).toBe(record);
  expect(stored).toEqual([record]);
  expect(await journal.find("nothing")).toBeUndefined();
});

test("a store that fails for a while loses nothing", async () => {
  const { store, stored, state } = memoryStore();
  const onError = vi.fn<(error: unknown) => void>();
  const onDropped = vi.fn<(count: number) => void>();
  const journal = createJournal(store, onError, onDropped);
  const [first, second] = [makeGeneration(), makeGeneration()];
  state.broken = true;
  journal.record(first);
  // One line in the log a second, not ten.
  await vi.advanceTimersByTimeAsync(2_500);
  expect(onError).toHaveBeenCalledTimes(3);
  expect(await journal.find(first.id)).toBe(first);
  journal.record(second);
  state.broken = false;
  await vi.advanceTimersByTimeAsync(1_500);
  expect(stored).toEqual([first, second]);
  expect(onDropped).not.toHaveBeenCalled();
});

test("close writes what is left, and gives up on a store that refuses instead of trying for ever", async () => {
  const good = memoryStore();
  const journal = createJournal(good.store, ignore, ignore);
  journal.record(makeGeneration());
  await journal.close();
  expect(good.stored).toHaveLength(1);

  const bad = memoryStore();
  bad.state.broken = true;
  const onError = vi.fn<(error: unknown) => void>();
  const onDropped = vi.fn<(count: number) => void>();
  const failing = createJournal(bad.store, onError, onDropped);
  failing.record(makeGeneration());
  await failing.close();
  const calls = onError.mock.calls.length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect([onError.mock.calls.length, onDropped.mock.calls]).toEqual([calls, [[1]]]);
});

test("what a store cannot keep up with is lost from its oldest end, and counted", async () => {
  const { store, stored, state } = memoryStore();
  let lost = 0;
  const journal = createJournal(store, ignore, (count) => void (lost += count));
  state.broken = true;
  const record = makeGeneration();
  for (let at = 0; at < 20_003; at++) journal.record({ ...record, id: String(at) });
  expect(lost).toBe(3);
  state.broken = false;
  await journal.close();
  expect([stored.length, stored[0]?.id]).toEqual([20_000, "3"]);
});
