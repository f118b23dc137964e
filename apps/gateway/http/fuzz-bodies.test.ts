import { Agent } from "node:http";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, type Json } from "../testing/call.ts";
import { chatClient, clientDialects, messagesClient } from "../testing/client-dialects.ts";
import { makePdf } from "../testing/make-pdf.ts";
import {
  chatCompletion,
  message,
  sendJson,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../testing/start-test-gateway.ts";

let upstream: ScriptedUpstream;
let gateway: TestGateway;
const agent = new Agent({ keepAlive: true });
beforeAll(async () => {
  // Takes anything: every refusal is the gateway's own. Its answer was cut off, so that it need not be the JSON asked for.
  const choices = [{ index: 0, message: { role: "assistant", content: "fine" }, finish_reason: "length" }];
  upstream = await startScriptedUpstream((response, { path }) => {
    const isMessages = path.endsWith("/messages");
    sendJson(
      response,
      200,
      isMessages ? message("fine", { stop_reason: "max_tokens" }) : chatCompletion("", { choices }),
    );
  });
  gateway = await startTestGateway({
    providers: {
      chat: { protocol: "openai-chat", base_url: upstream.url, models: { chat: {} } },
      moonshot: { protocol: "openai-chat", base_url: upstream.url, models: { "kimi-k2-thinking": {} } },
      openai: { protocol: "openai-chat", base_url: upstream.url, models: { "gpt-5": {} } },
      messages: { protocol: "anthropic-messages", base_url: upstream.url, models: { native: {} } },
      anthropic: { protocol: "anthropic-messages", base_url: upstream.url, models: { "claude-sonnet-4-5": {} } },
    },
  });
});
afterAll(async () => {
  agent.destroy();
  await gateway.stop();
  await upstream.close();
});

const png = { media_type: "image/png", data: "AAAA" };
const pdf = makePdf("text").toString("base64");
const schema = { type: "object", properties: { path: { type: "string" } }, required: ["path"] };

const bodies: Record<"anthropic-messages" | "openai-chat", Json> = {
  "anthropic-messages": messagesClient.body({
    system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "look" },
          { type: "image", source: { type: "base64", ...png } },
        ],
      },
      { role: "system", content: "now" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm", signature: "x" },
          { type: "redacted_thinking", data: "x" },
          { type: "text", text: "so" },
          { type: "tool_use", id: "toolu_1", name: "look", input: { path: "a" } },
        ],
      },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            tool_use_id: "toolu_1",
            is_error: true,
            content: [
              { type: "text", text: "b" },
              { type: "tool_reference", tool_name: "late" },
            ],
          },
          { type: "document", source: { type: "base64", media_type: "application/pdf", data: pdf }, title: "c" },
        ],
      },
    ],
    tools: [
      { name: "look", description: "d", input_schema: schema },
      { name: "late", input_schema: schema, defer_loading: true },
      { type: "web_search_20250305", name: "web_search", max_uses: 3 },
    ],
    tool_choice: { type: "auto", disable_parallel_tool_use: true },
    stop_sequences: ["END"],
    temperature: 0.5,
    top_p: 0.9,
    top_k: 10,
    thinking: { type: "enabled", budget_tokens: 1024 },
    output_config: { effort: "high", format: { type: "json_schema", schema } },
    context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
    metadata: { user_id: "u" },
    stream: false,
  }),
  "openai-chat": chatClient.body({
    messages: [
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "look", cache_control: { type: "ephemeral" } },
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
          { type: "file", file: { filename: "c.pdf", file_data: `data:application/pdf;base64,${pdf}` } },
        ],
      },
      {
        role: "assistant",
        content: "so",
        reasoning_content: "hm",
        reasoning_details: [{ type: "reasoning.text", text: "hm", signature: "x", index: 0 }],
        tool_calls: [{ id: "call_1", type: "function", function: { name: "look", arguments: '{"path":"a"}' } }],
      },
      { role: "tool", tool_call_id: "call_1", content: "b" },
      { role: "developer", content: "now" },
      { role: "user", content: "go on" },
    ],
    tools: [
      { type: "function", function: { name: "look", description: "d", parameters: schema, strict: true } },
      { type: "custom", custom: { name: "patch", description: "d", format: { type: "text" } } },
    ],
    tool_choice: { type: "function", function: { name: "look" } },
    parallel_tool_calls: true,
    stop: ["END"],
    temperature: 0.5,
    top_p: 0.9,
    frequency_penalty: 0.1,
    presence_penalty: 0.1,
    seed: 7,
    reasoning: { effort: "high" },
    response_format: { type: "json_schema", json_schema: { name: "a", schema, strict: true } },
    stream_options: { include_usage: true },
    provider: { order: ["x"] },
    user: "u",
    n: 1,
    stream: false,
  }),
};

const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e308,
    2 ** 53,
    "",
    "auto",
    "none",
    "user",
    "assistant",
    "tool",
    "text",
    "\ud83d",
    "\0",
  ),
  fc.string({ unit: "binary" }),
  fc.integer(),
);
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.constantFrom("type", "text", "id", "name", "content", "source", "x"), scalar, {
      maxKeys: 4,
    }),
  },
);
/** Which place in the body (drawn by number, whatever the number of places is), and what happens to it. */
const mutation = fc.record({
  place: fc.nat(1_000_000),
  change: fc.oneof(
    fc.record({ kind: fc.constant("replace" as const), value }),
    fc.record({ kind: fc.constantFrom("remove" as const, "double" as const, "wrap" as const, "empty" as const) }),
    fc.record({ kind: fc.constant("swap" as const), place: fc.nat(1_000_000) }),
  ),
});

type Place = { parent: Json | unknown[]; key: string | number };

function placesOf(parent: Json | unknown[]): Place[] {
  const keys = Array.isArray(parent) ? [...parent.keys()] : Object.keys(parent);
  return keys.flatMap((key) => {
    const child = read({ parent, key });
    const here: Place = { parent, key };
    return typeof child === "object" && child !== null ? [here, ...placesOf(child as Json | unknown[])] : [here];
  });
}

function read({ parent, key }: Place): unknown {
  return Array.isArray(parent) ? parent[Number(key)] : parent[key];
}

function write({ parent, key }: Place, next: unknown): void {
  Object.assign(parent, { [key]: next });
}

function mutate(
  body: Json,
  { place, change }: typeof mutation extends fc.Arbitrary<infer Value> ? Value : never,
): void {
  const places = placesOf(body);
  const target = places[place % Math.max(1, places.length)];
  if (target === undefined) return;
  const current = read(target);
  const { parent, key } = target;
  switch (change.kind) {
    case "replace":
      return write(target, change.value);
    case "remove":
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      return;
    case "double":
      if (Array.isArray(parent)) parent.splice(Number(key), 0, structuredClone(current));
      return;
    case "wrap":
      return write(target, [current]);
    case "empty":
      return write(target, Array.isArray(current) ? [] : typeof current === "object" ? {} : "");
    case "swap": {
      const other = places[change.place % places.length];
      if (other !== undefined) write(target, structuredClone(read(other)));
    }
  }
}

const models = ["chat", "kimi-k2-thinking", "gpt-5", "native", "claude-sonnet-4-5"];

test.each(clientDialects)("$name: the body that will be changed is taken by every upstream", async (dialect) => {
  for (const model of models) {
    const heard = await gateway.ask(dialect, {}, { body: { ...bodies[dialect.name], model } });
    expect([model, heard.status, heard.text]).toEqual([model, 200, expect.stringContaining("fine")]);
  }
});

test.each(clientDialects)(
  "$name: a valid body with random changes never makes the gateway fail",
  async (dialect) => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...models),
        fc.boolean(),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        async (model, stream, mutations) => {
          const body: Json = structuredClone({ ...bodies[dialect.name], stream });
          for (const one of mutations) mutate(body, one);
          if (typeof body.model === "string") body.model = model;
          const heard = await call(gateway.url + dialect.path, {
            body,
            agent,
            headers: { authorization: `Bearer ${gateway.key}` },
          }).done;
          expect({ status: heard.status, isServers: heard.status >= 500 }).toMatchObject({ isServers: false });
          if (heard.status !== 200) dialect.error(heard);
          expect(heard.text).not.toMatch(/"type":"(?:api_error|server_error)"/);
        },
      ),
      { numRuns: 400, seed: 1 },
    );
  },
  60_000,
);
