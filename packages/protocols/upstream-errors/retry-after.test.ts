import { expect, test } from "vitest";
import { decodeUpstreamError } from "./decode-upstream-error.ts";
import { readRetryAfter } from "./retry-after.ts";

test.each<[Record<string, string>, string, number | undefined]>([
  [{ "retry-after": "7" }, "", 7],
  [{ "retry-after-ms": "1500" }, "", 1.5],
  [{ "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", date: "Wed, 21 Oct 2026 07:28:00 GMT" }, "", 30],
  [{}, "Please try again in 1.5s.", 1.5],
  [{}, "Please try again in 20ms.", 0.02],
  [{}, "Please try again in 6m0s.", 360],
  [{}, "please try again after 1 seconds", 1],
  [{}, "slow down", undefined],
  [{}, "Please retry after 1h 2m 3s.", 3723],
  [{ "retry-after": "soon" }, "", undefined],
  [{ "retry-after": "Wed, 21 Oct 2026 07:27:00 GMT", date: "Wed, 21 Oct 2026 07:28:00 GMT" }, "", 0],
])("how long to wait: %j %s", (headers, message, seconds) => {
  expect(readRetryAfter(headers, message)).toBe(seconds);
});

test("only a busy upstream's wait is worth waiting for", () => {
  const wait = (status: number) => decodeUpstreamError(status, {}, { "retry-after": "7" }).retryAfterSeconds;
  expect([429, 503, 529, 500, 400].map(wait)).toEqual([7, 7, 7, undefined, undefined]);
});
