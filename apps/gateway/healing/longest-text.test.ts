import { expect, test } from "vitest";
import { longestText } from "./longest-text.ts";

test.each([
  ["^[a-z0-9]+$", 2_000],
  ["^[^@+*]+@x$", 2_000],
  ["^(?:https?|ftp)://", 2_000],
  ["^(\\d{3}-)?\\d{4}$", 3_162],
  ["a+b", 2_000],
  ["^\\d+\\.\\d+\\.\\d+$", 215],
  ["^a*a*a*a*b$", 56],
  ["\\(\\+\\*[(]", 2_000],
])("%s may be asked about texts", (pattern, longest) => {
  expect(longestText(pattern)).toBe(Math.min(2_000, longest));
});

test.each([
  "^(a+)+$",
  "^((a+))+$",
  "^((a|b)c)*$",
  "^(a|a)*$",
  "^(a?){30}$",
  "^(\\w+\\s?)*$",
  "^(?:x{1,30}){1,30}$",
  "(a)\\1",
  "(?<a>x)\\k<a>",
  "x".repeat(257),
])("%s may take for ever, and is not asked", (pattern) => {
  expect(longestText(pattern)).toBe(0);
});

test("what may be asked takes no longer than a moment", () => {
  for (const pattern of ["^a*a*a*a*a*a*b$", "a*a*a*b", "^(?:.*,)x", "^.*a.*a.*a.*b$"]) {
    const text = "a".repeat(longestText(pattern));
    expect(new RegExp(pattern, "u").test(text)).toBe(false);
  }
});
