import { expect, test } from "vitest";
import { createIdSource } from "./create-id-source.ts";

test("ids are 32 letters and digits and sort by time", () => {
  let now = 1_764_000_000_000;
  const createId = createIdSource(() => now++);
  const ids = Array.from({ length: 1000 }, () => createId());
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(ids.toSorted()).toEqual(ids);
});

test("ids of one moment are all different, whoever makes them", () => {
  const first = createIdSource(() => 0);
  const second = createIdSource(() => 0);
  const ids = Array.from({ length: 2000 }, (_, at) => (at % 2 === 0 ? first() : second()));
  expect(new Set(ids).size).toBe(2000);
});
