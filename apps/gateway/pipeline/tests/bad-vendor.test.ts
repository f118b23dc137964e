import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, toArray, toObject, type Heard, type Json } from "../../testing/call.ts";
import { callingClients, type CallingClient } from "../../testing/calling-clients.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/*
 * An upstream as bad as the worst vendor that was measured (MoonshotAI/K2-Vendor-Verifier): a sixth of its calls is
 * malformed, each time in another way, its markup leaks, its ids are wrong. No client sees any of it.
 */

const schema: Json = {
  type: "object",
  properties: {
    query: { type: "string" },
    limit: { type: "integer", minimum: 1 },
    paths: { type: "array", items: { type: "string" } },
    options: {
      type: "object",
      properties: { deep: { type: "boolean" }, weight: { type: "number" } },
      required: ["deep"],
      additionalProperties: false,
    },
    mode: { type: "string", enum: ["fast", "Thorough"] },
    note: { type: "string" },
  },
  required: ["query", "limit", "paths", "options", "mode", "note"],
  additionalProperties: false,
};
const tools = [
  { name: "search_code", schema },
  { name: "list_files", schema: { type: "object", properties: {} } },
];
const isValid = new Ajv().compile(schema);

/** A fault of the mock's, how many of a thousand answers have it, and what it should be mended as. */
interface Ill {
  fault: string;
  perMille: number;
  mended: readonly string[];
}

const spread = (faults: readonly string[], each: number, mended: readonly string[]): Ill[] =>
  faults.map((fault) => ({ fault, perMille: each, mended }));

const places = ["", ":reasoning"];
const leaks = ["kimi", "k3", "glm", "deepseek", "deepseek-v3.1", "dsml", "dsml-v4"];
const ills: readonly Ill[] = [
  // 16 % malformed arguments.
  ...spread(["args=trailing-comma", "args=single-quotes", "args=unquoted"], 16, ["syntax"]),
  ...spread(["args=extra-text", "args=fence"], 16, ["extra-text"]),
  ...spread(["args=wrong-type"], 16, ["type"]),
  ...spread(["args=double-encoded"], 16, ["double-encoded"]),
  ...spread(["args=unknown-field"], 8, ["unknown-field"]),
  ...spread(["args=truncated", "args=missing-field", "args=empty", "args=object"], 10, ["asked-again"]),
  // 6 % leaked markup, some of it broken off, some with broken arguments in it.
  ...spread(
    leaks.flatMap((leak) => places.map((place) => `leak=${leak}${place}`)),
    3,
    ["leaked-call"],
  ),
  ...spread(["leak=kimi:cut", "leak=glm:cut", "leak=dsml:cut"], 4, ["leaked-call", "asked-again"]),
  ...spread(["leak=kimi+args=trailing-comma", "leak=deepseek+args=wrong-type"], 3, []),
  // 5 % wrong ids.
  ...spread(["calls=no-id"], 25, ["call-id"]),
  ...spread(["calls=foreign-ids"], 25, []),
];
const mixed: Record<string, readonly string[]> = {
  "leak=kimi+args=trailing-comma": ["leaked-call", "syntax"],
  "leak=deepseek+args=wrong-type": ["leaked-call", "type"],
};

/** A thousand answers' faults, evenly strewn. */
const faults: string[] = [];
for (const { fault, perMille } of ills) for (let count = 0; count < perMille; count++) faults.push(fault);
while (faults.length < 1_000) faults.push("");
const strewn = faults.map((_, at) => faults[(at * 607) % 1_000] ?? "");

let mock: MockUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "bad vendor" });
  gateway = await startTestGateway({
    providers: {
      moonshot: {
        protocol: "openai-chat",
        base_url: `${mock.url}/moonshot/v1`,
        models: { "kimi-k2-thinking": {}, "kimi-k2-0905-preview": {} },
      },
      vllm: { protocol: "openai-chat", base_url: `${mock.url}/v1`, models: { "plain-model": {} } },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await mock.close();
});

function ask(client: CallingClient, model: string, prompt: string, stream: boolean): Promise<Heard> {
  return call(gateway.url + client.path(model, stream), {
    body: client.body(model, prompt, tools, stream),
    headers: { authorization: `Bearer ${gateway.key}` },
  }).done;
}

async function countMendings(): Promise<Record<string, number>> {
  const { text } = await gateway.get("/metrics");
  const counts: Record<string, number> = {};
  for (const [, kind = "", count] of text.matchAll(
    /^onerouter_tool_call_mendings_total\{kind="([^"]+)".*\} (\d+)$/gm,
  )) {
    counts[kind] = (counts[kind] ?? 0) + Number(count);
  }
  return counts;
}

/** Arguments with everything in them that is hard to quote; the last one is a text, so that a cut falls into it. */
function argumentsOf(number: number): Json {
  const texts = [
    "plain",
    'say "hi" to C:\\dir',
    "it's; $HOME `x` && y",
    "naïve 日本語 👩‍🚀",
    "<b>&amp;</b> {a: 1}",
    "tab\tand\nline",
  ];
  return {
    query: texts[number % texts.length],
    limit: number + 1,
    paths: [`src/${number}`, "a b"],
    options: { deep: number % 2 === 0, weight: number / 8 },
    mode: number % 3 === 0 ? "fast" : "Thorough",
    note: `note ${number}`,
  };
}

test("a thousand calls, through clients of all protocols: every one valid, and each mending counted", async () => {
  const before = await countMendings();
  const expected: Record<string, number> = {};
  let heardCalls = 0;
  for (const [number, fault] of strewn.entries()) {
    const client = callingClients[number % callingClients.length];
    const stream = number % 8 < 4;
    if (client === undefined) throw new Error("no client");
    mock.setFaults(fault === "" ? [] : [{ fault, times: 1 }]);
    const wanted = argumentsOf(number);
    const heard = await ask(client, "kimi-k2-thinking", `call search_code with ${JSON.stringify(wanted)}`, stream);
    const calls = client.calls(heard);
    const what = { number, fault, client: client.name, stream, status: heard.status, text: heard.text.slice(0, 2000) };
    expect({ ...what, calls: calls.length }).toEqual({ ...what, status: 200, calls: 1 });
    for (const { id, name, arguments: text } of calls) {
      heardCalls += 1;
      expect({ ...what, name, hasId: id !== "" && id !== "undefined" }).toEqual({
        ...what,
        name: "search_code",
        hasId: true,
      });
      const value: unknown = JSON.parse(text);
      expect({ ...what, valid: isValid(value), value }).toEqual({ ...what, valid: true, value: wanted });
    }
    if (stream) expect({ ...what, faults: client.faults(heard.text) }).toEqual({ ...what, faults: [] });
    const mended = mixed[fault] ?? ills.find((ill) => ill.fault === fault)?.mended ?? [];
    for (const kind of mended) expected[kind] = (expected[kind] ?? 0) + 1;
  }
  expect(heardCalls).toBe(1_000);
  const after = await countMendings();
  const counted = Object.fromEntries(
    Object.entries(after)
      .map(([kind, count]) => [kind, count - (before[kind] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
  console.info("mended of 1,000 calls:", counted);
  expect(counted).toEqual(expected);
}, 120_000);

test.each(callingClients)("what was mended stands in the record: $name", async (client) => {
  const prompt = `call search_code with ${JSON.stringify(argumentsOf(1))}`;
  for (const [fault, kinds, attempts] of [
    ["leak=kimi+args=trailing-comma", ["leaked-call", "syntax"], ["ok"]],
    ["args=truncated", ["asked-again"], ["invalid_tool_call", "ok"]],
  ] as const) {
    mock.setFaults([{ fault, times: 1 }]);
    const record = await gateway.generation(await ask(client, "kimi-k2-thinking", prompt, true));
    const noted = toArray(record.receipt)
      .map(toObject)
      .filter(({ field }) => String(field).startsWith("answer.tool_calls"));
    expect(noted.map(({ action, field }) => [action, field])).toEqual(
      kinds.map((kind) => ["repaired", `answer.tool_calls.${kind}`]),
    );
    expect(toArray(record.attempts).map((attempt) => toObject(attempt).outcome)).toEqual(attempts);
  }
});

test.each(callingClients)("calls in parallel with one id for all get ids of their own: $name", async (client) => {
  for (const stream of [true, false]) {
    mock.setFaults([{ fault: "calls=duplicate-ids", times: 1 }]);
    const heard = await ask(client, "kimi-k2-0905-preview", "call 3 tools in parallel", stream);
    const ids = client.calls(heard).map(({ id }) => id);
    expect([heard.status, ids.length, new Set(ids).size]).toEqual([200, 3, 3]);
  }
});

describe.each(callingClients)("an upstream that draws its faults, in every attempt: $name", (client) => {
  test.each(["kimi-k2-thinking", "plain-model"])(
    "%s",
    async (model) => {
      mock.setFaults("bad=16");
      for (let number = 0; number < 60; number++) {
        const wanted = argumentsOf(number);
        const heard = await ask(client, model, `call search_code with ${JSON.stringify(wanted)}`, number % 2 === 0);
        const values = client.calls(heard).map(({ arguments: text }): unknown => JSON.parse(text));
        expect([heard.status, values]).toEqual([200, [wanted]]);
      }
      mock.setFaults([]);
    },
    30_000,
  );
});

describe.each(callingClients)("an upstream whose calls are never of any use: $name", (client) => {
  test("is asked three times, and then the client is told so in a way that it can repeat the turn", async () => {
    mock.reset();
    mock.setFaults("args=truncated");
    const prompt = `call search_code with ${JSON.stringify(argumentsOf(3))}`;
    const heard = await ask(client, "kimi-k2-0905-preview", prompt, false);
    mock.setFaults([]);
    expect(heard.status).toBe(502);
    expect(String(client.error(heard)?.message)).toContain("tool call that is of no use");
    expect(mock.requests).toHaveLength(3);
  });
});
