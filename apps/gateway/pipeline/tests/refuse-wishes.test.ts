import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, type Heard, type Json } from "../../testing/call.ts";
import { callingClients, type CallingClient } from "../../testing/calling-clients.ts";
import { answerWell } from "../../testing/answer-well.ts";
import { pricedProviders } from "../../testing/priced-fleet.ts";
import { startScriptedUpstream, type ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/* What is misspelt, of the wrong kind or impossible is named in the client's protocol, and nobody is asked. */

let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response, request) => answerWell(response, request, "an answer"));
  gateway = await startTestGateway({ providers: pricedProviders((provider) => `${upstream.url}/${provider}/v1`) });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

const tool = { name: "look", schema: { type: "object", properties: {} } };

function ask(client: CallingClient, fields: Json): Promise<Heard> {
  return call(gateway.url + client.path("author%2Fm", false), {
    body: { ...client.body("author/m", "hello", [tool], false), ...fields },
    headers: { authorization: `Bearer ${gateway.key}` },
  }).done;
}

const rule = (name: string, stated: unknown): Json => ({ fallback_rules: { [name]: stated } });

/** All of them, as one sentence that a client can act on. */
const everyone = (reasons: Record<string, string>): string[] =>
  Object.entries(reasons).map(([provider, reason]) => `${provider}/author/m (${reason})`);

describe.each(callingClients)("$name", (client) => {
  async function refusal(fields: Json): Promise<string> {
    upstream.seen.splice(0);
    const heard = await ask(client, fields);
    expect([heard.status, upstream.seen]).toEqual([400, []]);
    return String(client.error(heard)?.message);
  }

  test("well spelt it is taken", async () => {
    const heard = await ask(client, {
      provider: {
        order: ["dear"],
        only: ["dear", "middle"],
        ignore: ["cheap"],
        allow_fallbacks: true,
        data_collection: "deny",
        zdr: true,
        quantizations: ["unknown"],
        max_price: { prompt: "5", completion: 5, request: 1 },
        sort: { by: "throughput", partition: "model" },
        preferred_min_throughput: { p50: 1 },
        preferred_max_latency: 100,
        enforce_distillable_text: false,
      },
      fallback_models: ["author/second"],
      fallback_rules: {
        error_code: { hint_array: [500], action: "fallback" },
        Latency: { hint_threshold: 60_000, action: "fallback" },
        TTFT: { hint_threshold: 60_000 },
        TPM: { hint_threshold: 1 },
        RPM: { hint_threshold: 1 },
      },
    });
    expect([heard.status, client.text(heard)]).toEqual([200, "an answer"]);
    expect(upstream.last().path).toMatch(/^\/dear\//);
  });

  test.each<[Json, string]>([
    [{ provider: "cheap" }, "provider: expected an object"],
    [{ provider: { onyl: ["dear"] } }, "provider.onyl: is not known; did you mean only?"],
    [{ provider: { order: "dear" } }, "provider.order: expected an array"],
    [{ provider: { only: [5] } }, "provider.only[0]: expected a string"],
    [{ provider: { ignore: { dear: true } } }, "provider.ignore: expected an array"],
    [{ provider: { allow_fallbacks: "no" } }, "provider.allow_fallbacks: expected true or false"],
    [{ provider: { require_parameters: 1 } }, "provider.require_parameters: expected true or false"],
    [{ provider: { data_collection: false } }, "provider.data_collection: expected one of allow, deny"],
    [{ provider: { zdr: "true" } }, "provider.zdr: expected true or false"],
    [{ provider: { enforce_distillable_text: "yes" } }, "provider.enforce_distillable_text: expected true or false"],
    [{ provider: { quantizations: "fp8" } }, "provider.quantizations: expected an array"],
    [{ provider: { sort: "cheapest" } }, "provider.sort: expected one of price, throughput, latency, exacto"],
    [{ provider: { sort: { by: "price", partition: "all" } } }, "provider.sort.partition: expected one of model, none"],
    [{ provider: { sort: { by: "price", order: "up" } } }, "provider.sort.order: is not known"],
    [{ provider: { preferred_min_throughput: "fast" } }, "provider.preferred_min_throughput: expected a number"],
    [{ provider: { preferred_max_latency: { p95: 1 } } }, "provider.preferred_max_latency.p95: is not known"],
    [{ provider: { preferred_max_latency: { p90: -1 } } }, "provider.preferred_max_latency.p90: must not be below 0"],
    [{ provider: { max_price: 5 } }, "provider.max_price: expected an object"],
    [{ provider: { max_price: { prompts: 5 } } }, "provider.max_price.prompts: is not known"],
    [{ provider: { max_price: { image: "much" } } }, "provider.max_price.image: expected a number"],
    [{ models: ["author/second", 7] }, "models[1]: expected a string"],
    [{ fallback_models: "author/second" }, "fallback_models: expected an array"],
    [{ fallbacks: [{ name: "author/second" }] }, "fallbacks[0].model: expected a string"],
    [{ fallback_rules: "always" }, 'fallback_rules: expected "auto" or an object'],
    [rule("errorcode", {}), "fallback_rules.errorcode: is not known; did you mean error_code?"],
    [rule("error_code", { hint_array: ["500"] }), "fallback_rules.error_code.hint_array[0]: expected an HTTP status"],
    [rule("error_code", { hint_threshold: 1 }), "fallback_rules.error_code.hint_threshold: is not known"],
    [rule("Latency", { hint_threshold: "5s" }), "fallback_rules.Latency.hint_threshold: expected a number"],
    [rule("TTFT", { hint_threshold: 0 }), "fallback_rules.TTFT.hint_threshold: expected a number above 0"],
    [rule("TPM", 5), "fallback_rules.TPM: expected an object"],
    [rule("RPM", { hint_threshold: 5, action: "wait" }), "fallback_rules.RPM.action: expected fallback"],
  ])("%j", async (fields, message) => {
    expect(await refusal(fields)).toContain(message);
  });

  test.each<[string, Json, string[]]>([
    [
      "the same provider is asked for and left out",
      { only: ["dear"], ignore: ["dear"] },
      everyone({
        cheap: "provider.only: is not in the list",
        middle: "provider.only: is not in the list",
        dear: "provider.ignore: is in the list",
      }),
    ],
    [
      "nobody is called so, and nobody else may answer",
      { order: ["nobody"], allow_fallbacks: false },
      everyone({
        cheap: "provider.order: is not in the list, and provider.allow_fallbacks is false",
        middle: "provider.order: is not in the list, and provider.allow_fallbacks is false",
        dear: "provider.order: is not in the list, and provider.allow_fallbacks is false",
      }),
    ],
    ["nobody is called so", { only: ["nobody"] }, everyone({ dear: "provider.only: is not in the list" })],
    [
      "a price that nobody has",
      { max_price: { prompt: 0.5, completion: 3 } },
      everyone({
        cheap: "provider.max_price.prompt: costs 1 USD per million tokens",
        middle: "provider.max_price.prompt: costs 2 USD per million tokens",
        dear: "provider.max_price.prompt: costs 4 USD per million tokens",
      }),
    ],
    [
      "a quantization and a policy that are nowhere together",
      { quantizations: ["int4", "fp8"], zdr: true },
      everyone({
        cheap: "provider.zdr: keeps what it is sent",
        middle: "provider.zdr: keeps what it is sent",
        dear: "provider.quantizations: has an unknown quantization",
      }),
    ],
    [
      "each is left out by another wish",
      { only: ["dear", "middle"], ignore: ["dear"], zdr: true },
      everyone({
        cheap: "provider.only: is not in the list",
        middle: "provider.zdr: keeps what it is sent",
        dear: "provider.ignore: is in the list",
      }),
    ],
  ])("impossible: %s", async (_, provider, reasons) => {
    const message = await refusal({ provider });
    expect(message).toContain("every endpoint of author/m is left out");
    for (const reason of reasons) expect(message).toContain(reason);
  });
});
