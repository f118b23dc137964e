import { RequestError } from "@onerouter/protocols";
import { describe, expect, test } from "vitest";
import { noFields, splitGatewayFields } from "./read-gateway-fields.ts";

const rest = { model: "m", messages: [] };

function refusal(body: object, headers: Record<string, string> = {}): string {
  try {
    splitGatewayFields(body, headers);
  } catch (error) {
    if (error instanceof RequestError) return error.message;
    throw error;
  }
  throw new Error("it was not refused");
}

test("a body without such fields is left as it is", () => {
  const { body, fields } = splitGatewayFields(rest, {});
  expect(body).toBe(rest);
  expect(fields).toEqual(noFields);
});

test("all of them are taken out, and kept for an upstream that is a gateway itself", () => {
  const wire = {
    provider: {
      order: ["moonshot"],
      only: ["moonshot", "deepseek"],
      ignore: [],
      allow_fallbacks: true,
      require_parameters: true,
      data_collection: "deny",
      zdr: true,
      enforce_distillable_text: false,
      quantizations: ["fp8"],
      sort: { by: "price", partition: "none" },
      preferred_min_throughput: 20,
      preferred_max_latency: { p50: 1, p99: 8 },
      max_price: { prompt: "1", completion: 2 },
    },
    models: ["a", "b"],
    fallback_models: ["b", "d"],
    fallback_rules: {
      error_code: { hint_array: [500, 524], action: "fallback" },
      Latency: { hint_threshold: 500, action: "fallback" },
      TTFT: { hint_threshold: 1000 },
      TPM: { hint_threshold: 100, action: "fallback" },
      RPM: { hint_threshold: 50, action: "fallback" },
    },
    fallbacks: [{ model: "c" }, "e"],
    route: "fallback",
    session_id: "s1",
    plugins: [{ id: "web" }],
    transforms: ["middle-out"],
    preset: "p",
    debug: { echo_upstream_body: true },
    trace: { trace_id: "t" },
  };
  const body = { ...rest, ...wire, usage: { include: true }, strict: true };
  const split = splitGatewayFields(body, {});
  expect(split.body).toEqual(rest);
  expect(split.fields).toEqual({
    strict: true,
    staysBroken: false,
    provider: {
      requireParameters: true,
      wishes: {
        order: ["moonshot"],
        only: ["moonshot", "deepseek"],
        allowFallbacks: true,
        denyDataCollection: true,
        zeroRetention: true,
        distillable: false,
        quantizations: ["fp8"],
        sort: "price",
        sortAcrossModels: true,
        minThroughput: { p50: 20 },
        maxLatency: { p50: 1, p99: 8 },
        maxPrice: { prompt: 1e6, completion: 2e6 },
        rules: {
          statuses: new Set([500, 524]),
          latencyMs: 500,
          ttftMs: 1000,
          tokensPerMinute: 100,
          requestsPerMinute: 50,
        },
      },
    },
    fallbackModels: [
      { name: "a", field: "models[0]" },
      { name: "b", field: "models[1]" },
      { name: "d", field: "fallback_models[1]" },
      { name: "c", field: "fallbacks[0].model" },
      { name: "e", field: "fallbacks[1]" },
    ],
    sessionId: "s1",
    includeUsage: true,
    isInBody: true,
    wire,
  });
  expect(body.provider).toBe(wire.provider);
});

test("null is what SDKs write for not set", () => {
  const body = { ...rest, provider: { order: null }, models: null, strict: null, session_id: null };
  expect(splitGatewayFields(body, {})).toMatchObject({
    body: rest,
    fields: { strict: false, staysBroken: false, provider: {} },
  });
});

test("that nobody goes on with an answer may be said in a header, and in the body, where no provider sees it", () => {
  expect(splitGatewayFields(rest, { "x-onerouter-resume": "false" }).fields.staysBroken).toBe(true);
  expect(splitGatewayFields(rest, { "x-onerouter-resume": "true" }).fields.staysBroken).toBe(false);
  expect(refusal(rest, { "x-onerouter-resume": "no" })).toContain("x-onerouter-resume");
  const { fields } = splitGatewayFields({ ...rest, provider: { resume: false, sort: "price" } }, {});
  expect(fields).toMatchObject({ staysBroken: true, wire: { provider: { sort: "price" } } });
});

test("strict may be said in a header", () => {
  expect(splitGatewayFields(rest, { "x-onerouter-strict": "true" }).fields.strict).toBe(true);
  expect(splitGatewayFields(rest, { "x-onerouter-strict": "false" }).fields.strict).toBe(false);
  expect(refusal(rest, { "x-onerouter-strict": "yes" })).toContain("x-onerouter-strict");
});

describe("a wrong one is refused by its name", () => {
  test.each([
    [{ provider: "moonshot" }, "provider: expected an object"],
    [
      { provider: { require_parameter: true } },
      "provider.require_parameter: is not known; did you mean require_parameters?",
    ],
    [{ provider: { zzzzzzzzzzzzzzzz: 1 } }, "provider.zzzzzzzzzzzzzzzz: is not known; these are: order, only"],
    [{ provider: { constructor: 1 } }, "provider.constructor: is not known"],
    [{ provider: { order: "moonshot" } }, "provider.order: expected an array"],
    [{ provider: { order: [""] } }, "provider.order[0]: must not be empty"],
    [{ provider: { require_parameters: "yes" } }, "provider.require_parameters: expected true or false"],
    [{ provider: { data_collection: "maybe" } }, "provider.data_collection: expected one of allow, deny"],
    [{ provider: { sort: "cheap" } }, "provider.sort: expected one of price"],
    [{ provider: { sort: { by: "cheap" } } }, "provider.sort.by: expected one of price"],
    [{ provider: { sort: { buy: "price" } } }, "provider.sort.buy: is not known"],
    [{ provider: { preferred_max_latency: { p42: 1 } } }, "provider.preferred_max_latency.p42: is not known"],
    [{ provider: { max_price: { prompt: "free" } } }, "provider.max_price.prompt: expected a number"],
    [{ provider: { max_price: { prompt: -1 } } }, "provider.max_price.prompt: must not be below 0"],
    [{ provider: { quantizations: "fp8" } }, "provider.quantizations: expected an array"],
    [{ provider: { zdr: "yes" } }, "provider.zdr: expected true or false"],
    [{ models: "a" }, "models: expected an array"],
    [{ models: Array.from({ length: 17 }, () => "a") }, "models: more than 16 models"],
    [{ fallback_models: [""] }, "fallback_models[0]: must not be empty"],
    [{ fallbacks: [{}] }, "fallbacks[0].model: expected a string"],
    [{ fallback_rules: "never" }, 'fallback_rules: expected "auto" or an object'],
    [{ fallback_rules: { latency: {} } }, "fallback_rules.latency: is not known; did you mean Latency?"],
    [{ fallback_rules: { xyzzy: {} } }, "fallback_rules.xyzzy: is not known; these are: error_code, Latency"],
    [{ fallback_rules: { TTFT: 5 } }, "fallback_rules.TTFT: expected an object"],
    [{ fallback_rules: { TTFT: {} } }, "fallback_rules.TTFT.hint_threshold: expected a number above 0"],
    [{ fallback_rules: { TTFT: { hint_array: [] } } }, "fallback_rules.TTFT.hint_array: is not known"],
    [
      { fallback_rules: { RPM: { hint_threshold: 0 } } },
      "fallback_rules.RPM.hint_threshold: expected a number above 0",
    ],
    [
      { fallback_rules: { TPM: { hint_threshold: 1, action: "stop" } } },
      "fallback_rules.TPM.action: expected fallback",
    ],
    [
      { fallback_rules: { error_code: { hint_array: [200] } } },
      "fallback_rules.error_code.hint_array[0]: expected an HTTP",
    ],
    [{ models: [1] }, "models[0]: expected a string"],
    [{ fallbacks: 1 }, "fallbacks: expected an array"],
    [{ session_id: "x".repeat(257) }, "session_id: longer than 256 characters"],
    [{ strict: "true" }, "strict: expected true or false"],
    [{ usage: true }, "usage: expected an object"],
    [{ trace: JSON.parse(`${'{"a":'.repeat(70)}1${"}".repeat(70)}`) as unknown }, "trace: nested more than 64 levels"],
  ])("%j", (body, message) => {
    expect(refusal({ ...rest, ...body })).toContain(message);
  });
});
