import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createKeepAlive, type KeptAlive } from "./keep-alive.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const due = 10_000;

function createEntry(sign: () => void): KeptAlive {
  return { lastSignAt: Date.now(), sign, due };
}

test("whoever leaves while signs are given takes no sign from the others and gives none twice", () => {
  const keepAlive = createKeepAlive(() => Date.now());
  const signs = [0, 0, 0, 0, 0];
  const leave: Array<() => void> = [];
  for (const at of signs.keys()) {
    leave[at] = keepAlive.watch(
      createEntry(() => {
        signs[at] = (signs[at] ?? 0) + 1;
        // Itself, one that has had its turn, and one that has not.
        if (at === 2) for (const other of [2, 4, 0]) leave[other]?.();
      }),
    );
  }
  vi.advanceTimersByTime(due + 500);
  expect(signs).toEqual([0, 1, 1, 1, 1]);
  vi.advanceTimersByTime(due + 500);
  expect(signs).toEqual([0, 2, 1, 2, 1]);
  keepAlive.close();
});

test("to leave twice is to leave once", () => {
  const keepAlive = createKeepAlive(() => Date.now());
  const sign = vi.fn<() => void>();
  const leave = keepAlive.watch(createEntry(() => undefined));
  leave();
  keepAlive.watch(createEntry(sign));
  leave();
  vi.advanceTimersByTime(due + 500);
  expect(sign).toHaveBeenCalledOnce();
  keepAlive.close();
});
