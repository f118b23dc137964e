import { expect, test } from "vitest";
import { addSuffixes, readModelName } from "./read-model-name.ts";

test.each([
  ["a/b", "a/b", []],
  ["a/b:floor", "a/b", ["floor"]],
  ["a/b:free:nitro", "a/b", ["free", "nitro"]],
  ["llama3:8b", "llama3:8b", []],
  ["llama3:8b:exacto", "llama3:8b", ["exacto"]],
  ["a/b:constructor", "a/b:constructor", []],
  [":free", "", ["free"]],
])("%s", (name, base, suffixes) => {
  expect(readModelName(name)).toEqual({ base, suffixes });
});

test("a wish of the request is stronger than one in the name", () => {
  expect(addSuffixes({ sort: "latency" }, ["floor", "free"])).toEqual({ sort: "latency", free: true });
});
