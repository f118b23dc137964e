import { afterAll, describe, expect, test } from "vitest";
import { asArray, asObject } from "../../json-object.ts";
import type { JsonObject } from "../../json-object.ts";
import { startMockUpstream } from "../../index.ts";
import { call, calling, hello, result, said, thinking, tool } from "../../testing/chat-history.ts";
import { post, refusalOf } from "../../testing/talk.ts";

const mock = await startMockUpstream({ seed: "strict" });
afterAll(() => mock.close());
const refusal = (base: string, body: JsonObject) => refusalOf(mock.url + base, body);

describe("moonshot", () => {
  const at = "/moonshot";
  const kimi = { model: "kimi-k2-thinking", messages: [hello] };
  const history = (...messages: JsonObject[]) => ({ ...kimi, messages: [hello, ...messages] });

  test.each<[string, JsonObject, number, string]>([
    ["unknown model", { ...kimi, model: "gpt-4" }, 404, "Not found the model gpt-4 or Permission denied"],
    ["unknown field", { ...kimi, cache_control: {} }, 400, 'unknown field "cache_control"'],
    [
      "lost reasoning",
      history(calling(call("functions.Bash:0")), result("functions.Bash:0")),
      400,
      "thinking is enabled but reasoning_content is missing in assistant tool call message at index 1",
    ],
    [
      "null reasoning",
      history({ ...calling(call("functions.Bash:0")), reasoning_content: null }, result("functions.Bash:0")),
      400,
      "reasoning_content is missing in assistant tool call message at index 1",
    ],
    [
      "foreign call id",
      history(thinking("r", call("toolu_1")), result("toolu_1")),
      400,
      "should be 'functions.Bash:0'",
    ],
    [
      "call index out of order",
      history(thinking("r", call("functions.Bash:1")), result("functions.Bash:1")),
      400,
      "should be 'functions.Bash:0'",
    ],
    ["orphan result", history(result("x")), 400, "Invalid request: tool_call_id  is not found"],
    [
      "empty assistant message",
      history({ role: "assistant", content: "" }, hello),
      400,
      "the message at position 1 with role 'assistant' must not be empty",
    ],
    [
      "empty text part",
      { ...kimi, messages: [{ role: "user", content: [{ type: "text", text: "" }] }] },
      400,
      "text content is empty",
    ],
    [
      "unknown part",
      { ...kimi, messages: [{ role: "user", content: [{ type: "file" }] }] },
      400,
      "the message at position 0 with role 'user' contains an invalid part type: file",
    ],
    ["temperature", { ...kimi, temperature: 0.7 }, 400, "invalid temperature: only 1 is allowed for this model"],
    [
      "temperature without thinking",
      { ...kimi, model: "kimi-k2.6", thinking: { type: "disabled" }, temperature: 1 },
      400,
      "invalid temperature: only 0.6 is allowed for this model",
    ],
    ["top_p", { ...kimi, top_p: 1 }, 400, "invalid top_p: only 0.95 is allowed for this model"],
    ["presence_penalty", { ...kimi, presence_penalty: 1 }, 400, "invalid presence_penalty: only 0 is allowed"],
    ["frequency_penalty", { ...kimi, frequency_penalty: 1 }, 400, "invalid frequency_penalty: only 0 is allowed"],
    ["K3 without thinking", { ...kimi, model: "kimi-k3", thinking: { type: "disabled" } }, 400, "invalid thinking"],
    [
      "named tool",
      { ...kimi, model: "kimi-k3", tools: [tool], tool_choice: { type: "function", function: { name: "Bash" } } },
      400,
      "tool_choice 'specified' is incompatible with thinking enabled",
    ],
    [
      "required tool",
      { ...kimi, model: "kimi-k2.6", tools: [tool], tool_choice: "required" },
      400,
      "tool_choice 'required' is incompatible with thinking enabled",
    ],
    [
      "required without tools",
      { ...kimi, model: "kimi-k3", tool_choice: "required" },
      400,
      "tool_choice 'required' needs tools",
    ],
    [
      "message above 2 MiB",
      { ...kimi, messages: [{ role: "user", content: "x".repeat(2_097_153) }] },
      400,
      "exceeds limit 2097152",
    ],
    [
      "tool name that begins with a digit",
      { ...kimi, tools: [{ type: "function", function: { name: "21st" } }] },
      400,
      "function name is invalid, must start with a letter",
    ],
    [
      "type beside anyOf",
      schemaRequest({ type: "object", properties: { a: { type: "string", anyOf: [{ type: "string" }] } } }),
      400,
      "At path 'properties.a': when using anyOf, type should be defined in anyOf items",
    ],
    [
      "property without type",
      schemaRequest({ type: "object", properties: { a: { description: "x" } } }),
      400,
      "At path 'properties.a': type is not defined",
    ],
    [
      "reference outside of $defs",
      schemaRequest({ type: "object", properties: { a: { $ref: "#/properties/b" } } }),
      400,
      "references must start with #/$defs/",
    ],
    [
      "answer without its thought where thoughts are kept",
      { ...kimi, model: "kimi-k3", messages: [hello, said(), hello] },
      400,
      "preserved thinking requires reasoning_content on every assistant message, but it is missing at index 1",
    ],
    ["unknown effort of K3", { ...kimi, model: "kimi-k3", reasoning_effort: "medium" }, 400, "one of low, high, max"],
    [
      "temperature above 1 without thinking",
      { ...kimi, model: "kimi-k2-0905-preview", temperature: 1.5 },
      400,
      "must be between 0 and 1",
    ],
    [
      "image for a model that sees none",
      picture("kimi-k2-thinking", "data:image/png;base64,AA=="),
      400,
      "not supported",
    ],
    ["image by its address", picture("kimi-k2.6", "https://example.com/a.png"), 400, "unsupported image url"],
    ["six stops", { ...kimi, stop: ["1", "2", "3", "4", "5", "6"] }, 400, "Expected an array with maximum length 5"],
    ["long stop", { ...kimi, stop: "x".repeat(33) }, 400, "must not exceed 32 bytes"],
    [
      "developer",
      { ...kimi, messages: [{ role: "developer", content: "x" }, hello] },
      400,
      "Invalid value: 'developer'",
    ],
    [
      "context overflow",
      { ...kimi, messages: Array.from({ length: 2 }, () => ({ role: "user", content: "x".repeat(600_000) })) },
      400,
      "Invalid request: Your request exceeded model token limit: 262144 (requested: 300",
    ],
  ])("%s", async (_name, body, status, message) => {
    expect(await refusal(at, body)).toEqual([status, expect.stringContaining(message)]);
  });

  function picture(model: string, url: string): JsonObject {
    return { model, messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }] };
  }

  function schemaRequest(parameters: JsonObject): JsonObject {
    return { ...kimi, tools: [{ type: "function", function: { name: "t", parameters } }] };
  }

  test.each<[string, JsonObject]>([
    [
      "foreign reasoning of a call it never made",
      history(thinking("mine", call("functions.Bash:0")), result("functions.Bash:0")),
    ],
    ["empty reasoning", history(thinking("", call("functions.Bash:0")), result("functions.Bash:0"))],
    [
      "no reasoning when thinking is off",
      {
        ...history(calling(call("functions.Bash:0")), result("functions.Bash:0")),
        model: "kimi-k2.6",
        thinking: { type: "disabled" },
      },
    ],
    [
      "named tool when thinking is off",
      {
        ...kimi,
        model: "kimi-k2.6",
        thinking: { type: "disabled" },
        tools: [tool],
        tool_choice: { type: "function", function: { name: "Bash" } },
      },
    ],
    ["required at K3", { ...kimi, model: "kimi-k3", tools: [tool], tool_choice: "required" }],
    ["the fixed values", { ...kimi, temperature: 1, top_p: 0.95, presence_penalty: 0, n: 1, max_tokens: 100 }],
    [
      "300,000 tokens at K3",
      { ...kimi, model: "kimi-k3", messages: [{ role: "user", content: "x".repeat(1_200_000) }] },
    ],
  ])("takes %s", async (_name, body) => {
    expect(await refusal(at, body)).toEqual([200, undefined]);
  });

  test("its error body has message and type alone", async () => {
    const { json } = await post(`${mock.url}${at}/v1/chat/completions`, { ...kimi, temperature: 0 });
    expect(json).toEqual({
      error: { message: "invalid temperature: only 1 is allowed for this model", type: "invalid_request_error" },
    });
  });

  test("reasoning must be what was produced before that call", async () => {
    const asked = { ...kimi, messages: [{ role: "user", content: "count to 2" }], tools: [tool] };
    const { json } = await post(`${mock.url}${at}/v1/chat/completions`, asked);
    const message = asObject(asObject(asArray(json.choices)[0]).message);
    const back = (reasoning: unknown) => ({
      ...asked,
      messages: [...asked.messages, { ...message, reasoning_content: reasoning }, result("functions.Bash:0")],
    });
    expect(await refusal(at, back(`${String(message.reasoning_content)} `))).toEqual([
      400,
      expect.stringContaining("is not what was produced"),
    ]);
    expect(await refusal(at, back(message.reasoning_content))).toEqual([200, undefined]);
  });
});
