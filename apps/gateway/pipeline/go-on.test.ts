import type { ErrorCode } from "@onerouter/protocols";
import { expect, test } from "vitest";
import type { Candidate, RoutePlan } from "../routing/route-plan.ts";
import { isWorthTheSame } from "./go-on.ts";

const candidate = { pair: "a" } as unknown as Candidate;
const plan = { candidates: [candidate] } as unknown as RoutePlan;

test.each<[ErrorCode, boolean]>([
  ["upstream_unreachable", true],
  ["upstream_invalid_response", true],
  ["upstream_timeout", false],
  ["upstream_overloaded", false],
  ["upstream_rate_limited", false],
])("whether the endpoint of a broken answer is asked once more at once, after %s: %s", (code, isWorth) => {
  expect(isWorthTheSame({ code, message: "" }, plan, candidate)).toBe(isWorth);
});
