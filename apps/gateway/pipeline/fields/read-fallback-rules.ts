import { nearestName } from "@onerouter/catalog";
import { refuseField } from "@onerouter/protocols";
import { isObject, type WireObject } from "@onerouter/protocols/wire/json-object";
import { readArray, readObject, readOptionalNumber } from "@onerouter/protocols/wire/read-field";
import type { FallbackRules } from "../../routing/routing-wishes.ts";

/** What each rule sets; `hint_threshold` is milliseconds for the first two, a count per minute for the others. */
const measures = {
  Latency: "latencyMs",
  TTFT: "ttftMs",
  TPM: "tokensPerMinute",
  RPM: "requestsPerMinute",
} as const satisfies Record<string, keyof FallbackRules>;
const names = ["error_code", ...Object.keys(measures)];

/**
 * Reads `fallback_rules`: `"auto"`, an empty text and null leave it to the gateway; an object says when to go on to the next
 * model. See docs/routing.md.
 *
 *     { "error_code": { "hint_array": [500, 503], "action": "fallback" }, "TTFT": { "hint_threshold": 1000, "action": "fallback" } }
 *
 * @returns undefined for the gateway's own way
 * @throws RequestError 400 naming the field
 */
export function readFallbackRules(value: unknown, field: string): FallbackRules | undefined {
  if (value === undefined || value === null || value === "" || value === "auto") return undefined;
  if (!isObject(value)) refuseField(field, 'expected "auto" or an object');
  const rules: FallbackRules = {};
  for (const [name, rule] of Object.entries(value)) {
    const path = `${field}.${name}`;
    if (!names.includes(name)) refuseName(path, name);
    if (rule === undefined || rule === null) continue;
    const hint = name === "error_code" ? "hint_array" : "hint_threshold";
    const stated = readRule(rule, path, hint);
    if (name === "error_code") rules.statuses = readStatuses(stated, `${path}.${hint}`);
    else rules[measures[name as keyof typeof measures]] = readThreshold(stated, `${path}.${hint}`);
  }
  return rules;
}

function readRule(value: unknown, path: string, hint: string): unknown {
  const rule: WireObject = readObject(value, path);
  for (const name of Object.keys(rule)) {
    if (name !== hint && name !== "action") {
      refuseField(`${path}.${name}`.slice(0, 200), `is not known; these are: ${hint}, action`);
    }
  }
  if (rule.action !== undefined && rule.action !== null && rule.action !== "fallback") {
    refuseField(`${path}.action`, "expected fallback");
  }
  return rule[hint];
}

function readStatuses(value: unknown, path: string): Set<number> {
  return new Set(
    readArray(value, path).map((status, at) => {
      const isStatus = typeof status === "number" && Number.isInteger(status) && status >= 400 && status <= 599;
      return isStatus ? status : refuseField(`${path}[${at}]`, "expected an HTTP status from 400 to 599");
    }),
  );
}

function readThreshold(value: unknown, path: string): number {
  const threshold = readOptionalNumber(value, path);
  if (threshold === undefined || threshold <= 0) refuseField(path, "expected a number above 0");
  return threshold;
}

function refuseName(path: string, name: string): never {
  const known = names.join(", ");
  const nearest = nearestName(
    name.toLowerCase(),
    names.map((one) => one.toLowerCase()),
  );
  const meant = names.find((one) => one.toLowerCase() === nearest);
  const hint = meant === undefined ? `these are: ${known}` : `did you mean ${meant}?`;
  refuseField(path.slice(0, 200), `is not known; ${hint}`);
}
