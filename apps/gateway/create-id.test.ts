import { expect, test } from "vitest";
import { createId } from "./create-id.ts";

test("ids are 32 letters and digits, all different, and sort by time", () => {
  const ids = Array.from({ length: 1000 }, (_, at) => createId(1_764_000_000_000 + at));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(Array.from({ length: 1000 }, () => createId(0))).size).toBe(1000);
});
