import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, type Heard } from "../testing/call.ts";
import { clientDialects, type ClientDialect } from "../testing/client-dialects.ts";
import { serveGateway, type ServedGateway } from "../testing/serve-process.ts";

/** Stands in every piece of content, and must be found nowhere that the process leaves behind. */
const canary = "canary-7f3a9";

let upstream: MockUpstream;
let gateway: ServedGateway;
beforeAll(async () => {
  upstream = await startMockUpstream();
  gateway = await serveGateway({
    providers: {
      chat: { protocol: "openai-chat", base_url: `${upstream.url}/v1`, api_keys: ["k"], models: { m: {} } },
      messages: { protocol: "anthropic-messages", base_url: upstream.url, api_keys: ["k"], models: { native: {} } },
    },
  });
}, 30_000);
afterAll(async () => {
  await gateway.place.remove();
  await upstream.close();
});

function post(dialect: ClientDialect, body: unknown, headers: Record<string, string> = {}): Promise<Heard> {
  return call(gateway.url + dialect.path, { body, headers: { authorization: `Bearer ${gateway.key}`, ...headers } })
    .done;
}

function expectRefusal(dialect: ClientDialect, heard: Heard, status: number, field?: string): void {
  const { message } = dialect.error(heard);
  expect({ status: heard.status, message }).toEqual({
    status,
    message: field === undefined ? expect.any(String) : expect.stringContaining(field),
  });
}

describe.each(clientDialects)("$name", (dialect) => {
  const deep = (open: string, close: string, levels = 10_000): string => open.repeat(levels) + close.repeat(levels);
  const withRaw = (field: string, raw: string): string =>
    JSON.stringify(dialect.body({ [field]: "PLACE" })).replace('"PLACE"', raw);

  test.each<[name: string, body: unknown, field: string]>([
    ["no body", "", "JSON"],
    ["text", canary, "JSON"],
    ["cut JSON", `{"model":"m","messages":[{"role":"user","content":"${canary}`, "JSON"],
    ["an array", [canary], "body"],
    ["a string", JSON.stringify(canary), "body"],
    ["null", "null", "body"],
    ["no model", dialect.body({ model: undefined }), "model"],
    ["no messages", dialect.body({ messages: undefined }), "messages"],
    ["empty messages", dialect.body({ messages: [] }), "messages"],
    ["a message that is text", dialect.body({ messages: [canary] }), "messages[0]"],
    ["an unknown role", dialect.body({ messages: [{ role: canary, content: canary }] }), "messages[0].role"],
    ["content that is a number", dialect.body({ messages: [{ role: "user", content: 7 }] }), "messages[0].content"],
    [
      "half a surrogate pair in a text",
      dialect.body({ messages: [{ role: "user", content: `${canary}\ud83d` }] }),
      "messages[0].content",
    ],
    ["10,000 levels of arrays", withRaw("unknown_field", deep("[", "]")), "unknown_field"],
    [
      "10,000 levels of objects",
      withRaw("unknown_field", `${deep('{"a":', "}", 5000).replace("}", "1}")}`),
      "unknown_field",
    ],
    ["10,000 levels in messages", withRaw("messages", deep("[", "]")), "messages[0]"],
    [
      "10,000 levels in content",
      withRaw("messages", `[{"role":"user","content":${deep("[", "]")}}]`),
      "messages[0].content",
    ],
    ["a number beyond all numbers", withRaw("max_tokens", "1e999"), "max_tokens"],
    ["a negative count", dialect.body({ max_tokens: -1 }), "max_tokens"],
    ["half a token", dialect.body({ max_tokens: 1.5 }), "max_tokens"],
    [
      "bytes that are no UTF-8",
      Buffer.concat([Buffer.from('{"model":"'), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from(canary)]),
      "JSON",
    ],
  ])("%s is refused, naming the field", async (_name, body, field) => {
    expectRefusal(dialect, await post(dialect, body), 400, field);
  });

  test("an unknown model is a 404 with a suggestion", async () => {
    const heard = await post(dialect, dialect.body({ model: "nativ", messages: [{ role: "user", content: canary }] }));
    expectRefusal(dialect, heard, 404, 'did you mean "native"?');
  });

  test("names that no configuration has are models to nobody, and the answer stays short", async () => {
    for (const model of ["__proto__", "constructor", "../../etc/passwd", "m\0", " m", "x".repeat(1_000_000)]) {
      const heard = await post(dialect, dialect.body({ model }));
      expectRefusal(dialect, heard, 404, "is not a model here");
      expect(heard.text.length).toBeLessThan(1000);
    }
  });

  test("UTF-8 that is broken inside of a text does no harm", async () => {
    const [head = "", tail = ""] = JSON.stringify(dialect.body({ messages: [{ role: "user", content: "CUT" }] })).split(
      "CUT",
    );
    const heard = await post(dialect, Buffer.concat([Buffer.from(head), Buffer.from([0xe2, 0x82]), Buffer.from(tail)]));
    expect([200, 400]).toContain(heard.status);
  });
});

const wrongTypes: Record<ClientDialect["name"], Record<string, unknown[]>> = {
  "anthropic-messages": {
    model: [7, null, [], {}, "", true],
    messages: ["x", 7, {}, true, null],
    max_tokens: ["x", [], {}, true, null],
    system: [7, {}, true, [7], [{ type: "image" }]],
    tools: [7, "x", {}, true, [7], ["x"], [{}]],
    tool_choice: [7, "x", [], true, { type: "x" }, { type: "tool" }],
    stop_sequences: [7, "x", {}, true, [7]],
    temperature: ["x", [], {}, true],
    top_p: ["x", [], {}, true],
    top_k: ["x", [], {}, true],
    thinking: [7, "x", [], true, { type: "x" }, { type: "enabled", budget_tokens: "x" }],
    output_config: [7, "x", [], true, { effort: 7 }, { format: 7 }],
    output_format: [7, "x", [], true],
    metadata: [7, "x", [], true, { user_id: 7 }],
    stream: [7, "x", [], {}],
  },
  "openai-chat": {
    model: [7, null, [], {}, "", true],
    messages: ["x", 7, {}, true, null],
    max_tokens: ["x", [], {}, true, 0],
    max_completion_tokens: ["x", [], {}, true, 0],
    tools: [7, "x", {}, true, [7], ["x"], [{}]],
    functions: [7, "x", {}, true, [7], [{}]],
    tool_choice: [7, "x", [], true, { type: "x" }, { type: "function" }],
    function_call: [7, "x", [], true, {}],
    parallel_tool_calls: [7, "x", [], {}],
    stop: [7, {}, true, [7]],
    temperature: ["x", [], {}, true],
    top_p: ["x", [], {}, true],
    frequency_penalty: ["x", [], {}, true],
    presence_penalty: ["x", [], {}, true],
    seed: ["x", [], {}, true],
    reasoning_effort: [7, [], {}, true],
    reasoning: [7, "x", [], true],
    response_format: [7, "x", [], true, { type: "x" }, { type: "json_schema" }],
    stream: [7, "x", [], {}],
    stream_options: [7, "x", [], true],
    user: [7, [], {}, true],
    n: ["x", [], {}, true, 0, 2],
  },
};

describe.each(clientDialects)("$name: values of the wrong type", (dialect) => {
  test.each(Object.entries(wrongTypes[dialect.name]))("%s", async (field, values) => {
    for (const value of values) {
      const heard = await post(dialect, dialect.body({ [field]: value }));
      expect([JSON.stringify(value), heard.status]).toEqual([JSON.stringify(value), 400]);
      expect(dialect.error(heard).message).toMatch(new RegExp(`^${field}\\b`));
    }
  });
});

test("nothing of the content is left in the terminal, the data folder or the metrics", async () => {
  for (const dialect of clientDialects) {
    const messages = [{ role: "user", content: `say ${canary}` }];
    for (const model of ["m", "native"]) {
      expect((await post(dialect, dialect.body({ model, messages }))).status).toBe(200);
      const streamed = await post(dialect, dialect.body({ model, messages, stream: true }));
      expect(dialect.text(streamed)).toContain(canary);
    }
  }
  const { text } = await call(`${gateway.url}/metrics`).done;
  expect(text).toContain("onerouter_requests_total");
  expect(text + gateway.traces()).not.toContain(canary);
  expect(gateway.served.output.stderr).not.toMatch(/error/i);
});
