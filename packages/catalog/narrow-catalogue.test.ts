import { expect, test } from "vitest";
import { buildCatalogue, type ProviderOffer } from "./build-catalogue.ts";
import { narrowCatalogue } from "./narrow-catalogue.ts";

const offer = (...ids: string[]): ProviderOffer => ({
  protocol: "openai-chat",
  base_url: "http://provider.test",
  models: Object.fromEntries(ids.map((id) => [id, {}])),
});
const catalogue = buildCatalogue(
  { first: offer("a/one", "a/two", "b/three", "b/four"), second: offer("a/one") },
  { quick: "a/two", slow: "b/three" },
  () => ({ idle: offer("a/five", "c/six", "c/seven") }),
);
const ids = (names: string[]): string[] =>
  narrowCatalogue(catalogue, names)
    .models()
    .map(({ id }) => id);

test.each<[string[], string[]]>([
  [["a/one"], ["a/one"]],
  [["a/*"], ["a/one", "a/two"]],
  [
    ["A/*", "four"],
    ["a/one", "a/two", "b/four"],
  ],
  [
    ["slow", "quick"],
    ["a/two", "b/three"],
  ],
  [["A/one", "nothing", "c/*"], []],
  [["*"], ["a/one", "a/two", "b/three", "b/four"]],
  [[], []],
])("%j leaves %j", (names, left) => {
  expect(ids(names)).toEqual(left);
});

test("what is left is found under each of its names, what is not under none", () => {
  const narrow = narrowCatalogue(catalogue, ["quick", "c/six", "a/f*"]);
  for (const name of ["a/two", "quick", "two", "two[1m]"]) expect(narrow.resolve(name)?.id).toBe("a/two");
  for (const name of ["a/one", "one", "slow", "b/three", "c/six"]) expect(narrow.resolve(name)).toBeUndefined();
  expect(narrow.inactiveModels().map(({ id }) => id)).toEqual(["a/five", "c/six"]);
  expect([narrow.resolveInactive("six")?.id, narrow.resolveInactive("c/seven")]).toEqual(["c/six", undefined]);
  // Nobody is led to a model that is not for them.
  expect([catalogue.suggest("b/thre"), narrow.suggest("b/thre"), narrow.suggest("quik")]).toEqual([
    "b/three",
    undefined,
    "quick",
  ]);
});
