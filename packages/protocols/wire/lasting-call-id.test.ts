import { expect, test } from "vitest";
import { isLastingCallId } from "./lasting-call-id.ts";

test.each([
  ["toolu_01A09q90qw90lq917835lq9", true],
  ["call_9fKx2mQz81", true],
  ["call_-8174312990000000000", true],
  ["chatcmpl-tool-7d1a2b", true],
  ["functions.Bash:0", false],
  ["Bash_0", false],
  ["call_12", false],
  ["7", false],
  ["Bash", false],
  ["", false],
  ["x".repeat(65), false],
])("%s", (id, lasting) => {
  expect(isLastingCallId(id)).toBe(lasting);
});
