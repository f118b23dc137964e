import type { ServerResponse } from "node:http";
import type { FaultRule, FaultRules } from "./faults/fault-rules.ts";
import { UnknownFaultError } from "./faults/parse-fault.ts";
import { asArray, asObject } from "./json-object.ts";
import type { RequestLog } from "./request-log.ts";

/** Lets tests in other processes steer the mock: POST faults, GET requests, POST reset. */
export function serveControl(
  name: string,
  body: unknown,
  response: ServerResponse,
  parts: { rules: FaultRules; log: RequestLog; reset: () => void },
): void {
  try {
    switch (name) {
      case "faults":
        parts.rules.set(readRules(body));
        return sendJson(response, 200, { ok: true });
      case "requests":
        return sendJson(response, 200, { requests: parts.log.entries });
      case "reset":
        parts.reset();
        return sendJson(response, 200, { ok: true });
      default:
        return sendJson(response, 404, { error: `no control named "${name}"; there are faults, requests and reset` });
    }
  } catch (error) {
    if (error instanceof UnknownFaultError) return sendJson(response, 400, { error: error.message });
    throw error;
  }
}

function readRules(body: unknown): FaultRule[] {
  const list = Array.isArray(body) ? body : (asObject(body).rules ?? [body]);
  return asArray(list).map((raw) => {
    const rule = asObject(raw);
    if (typeof rule.fault !== "string") throw new UnknownFaultError('a rule looks like {"fault": "cut=5", "times": 1}');
    return {
      fault: rule.fault,
      model: readText(rule.model),
      path: readText(rule.path),
      skip: readNumber(rule.skip),
      times: readNumber(rule.times),
      probability: readNumber(rule.probability),
    };
  });
}

function readText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function readNumber(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(body));
}
