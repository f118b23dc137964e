import { expect, test } from "vitest";
import { PrefixCache } from "./prefix-cache.ts";

const limits = { blockTokens: 256, maxPrompts: 4, maxChars: 1_000_000 };
const long = (letter: string) => letter.repeat(4096);

test("finds the longest common beginning, in blocks of 256 tokens", () => {
  const cache = new PrefixCache(limits);
  expect(cache.look("k", long("a"))).toEqual({ cachedTokens: 0, extendsEarlier: false });
  expect(cache.look("k", long("a") + long("b"))).toEqual({ cachedTokens: 1024, extendsEarlier: true });
  expect(cache.look("k", `${long("a")}bb${long("c")}`)).toEqual({ cachedTokens: 1024, extendsEarlier: true });
  expect(cache.look("k", `${long("a").slice(0, 2000)}x`)).toEqual({ cachedTokens: 256, extendsEarlier: false });
  expect(cache.look("other", long("a"))).toEqual({ cachedTokens: 0, extendsEarlier: false });
});

test("the same prompt again is cached but extends nothing", () => {
  const cache = new PrefixCache(limits);
  cache.look("k", long("a"));
  expect(cache.look("k", long("a"))).toEqual({ cachedTokens: 1024, extendsEarlier: false });
  expect(cache.look("k", `${long("a")}b`)).toEqual({ cachedTokens: 1024, extendsEarlier: true });
});

test("forgets the oldest", () => {
  const cache = new PrefixCache({ maxPrompts: 2, maxChars: 1_000_000, blockTokens: 256 });
  for (const letter of "abc") cache.look("k", long(letter));
  expect(cache.look("k", long("a")).cachedTokens).toBe(0);
  expect(cache.look("k", long("c")).cachedTokens).toBe(1024);
  const small = new PrefixCache({ maxPrompts: 100, maxChars: 5000, blockTokens: 256 });
  for (const letter of "ab") small.look("k", long(letter));
  expect(small.look("k", long("a")).cachedTokens).toBe(0);
});
