import { afterAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import { call, calling, hello, result, tool } from "../testing/chat-history.ts";
import { post, refusalOf } from "../testing/talk.ts";

const mock = await startMockUpstream({ seed: "strict" });
afterAll(() => mock.close());
const refusal = (base: string, body: JsonObject) => refusalOf(mock.url + base, body);

describe("every dialect", () => {
  test.each<[string, JsonObject, string]>([
    ["messages missing", {}, "Missing required parameter: 'messages'."],
    ["messages empty", { messages: [] }, "Invalid 'messages': empty array."],
    ["unknown role", { messages: [{ role: "bot", content: "x" }] }, "Invalid value: 'bot'."],
    [
      "unknown message field",
      { messages: [{ ...hello, cache_control: {} }] },
      "Additional properties are not allowed ('cache_control' was unexpected)",
    ],
    ["unknown part", { messages: [{ role: "user", content: [{ type: "thinking" }] }] }, "Invalid value: 'thinking'."],
    [
      "unknown part field",
      { messages: [{ role: "user", content: [{ type: "text", text: "x", cache_control: {} }] }] },
      "Unknown parameter: 'messages[0].content[0].cache_control'.",
    ],
    ["null user content", { messages: [{ role: "user", content: null }] }, "Invalid value for 'content'"],
    [
      "Anthropic's thinking",
      { messages: [hello], thinking: { type: "enabled" } },
      "Unrecognized request argument supplied: thinking",
    ],
    ["Anthropic's system", { messages: [hello], system: "x" }, "Unrecognized request argument supplied: system"],
    ["n above 1", { messages: [hello], n: 2 }, "Invalid 'n'"],
    [
      "stream_options without stream",
      { messages: [hello], stream_options: { include_usage: true } },
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    ],
    ["temperature out of range", { messages: [hello], temperature: 3 }, "Invalid 'temperature'"],
    [
      "two limits",
      { messages: [hello], max_tokens: 5, max_completion_tokens: 5 },
      "Setting 'max_tokens' and 'max_completion_tokens'",
    ],
    ["empty tools", { messages: [hello], tools: [] }, "Invalid 'tools': empty array."],
    [
      "129 tools",
      {
        messages: [hello],
        tools: Array.from({ length: 129 }, (_, at) => ({ type: "function", function: { name: `t${at}` } })),
      },
      "Invalid 'tools': array too long.",
    ],
    ["tool of another type", { messages: [hello], tools: [{ ...tool, type: "custom" }] }, "Invalid value: 'custom'."],
    [
      "Anthropic's tool form",
      { messages: [hello], tools: [{ ...tool, input_schema: {} }] },
      "Unknown parameter: 'tools[0].input_schema'.",
    ],
    [
      "tool without name",
      { messages: [hello], tools: [{ type: "function", function: {} }] },
      "Missing required parameter: 'tools[0].function.name'.",
    ],
    [
      "tool name with a dot",
      { messages: [hello], tools: [{ type: "function", function: { name: "a.b" } }] },
      "Invalid 'tools[0].function.name'",
    ],
    [
      "same tool twice",
      { messages: [hello], tools: [tool, tool] },
      "Invalid request: function name Bash is duplicated",
    ],
    [
      "parameters no object",
      { messages: [hello], tools: [{ type: "function", function: { name: "a", parameters: { type: "string" } } }] },
      "Invalid schema for function 'a'",
    ],
    [
      "tool_choice without tools",
      { messages: [hello], tool_choice: "auto" },
      "'tool_choice' is only allowed when 'tools' are specified.",
    ],
    [
      "Anthropic's tool_choice",
      { messages: [hello], tools: [tool], tool_choice: { type: "tool", name: "Bash" } },
      "Invalid value for 'tool_choice'",
    ],
    ["tool_choice any", { messages: [hello], tools: [tool], tool_choice: "any" }, "Invalid value: 'any'."],
    [
      "tool_choice of an unknown tool",
      { messages: [hello], tools: [tool], tool_choice: { type: "function", function: { name: "X" } } },
      "Tool choice 'X' not found",
    ],
    ["unknown response format", { messages: [hello], response_format: { type: "xml" } }, "Invalid value: 'xml'."],
    [
      "arguments as an object",
      { messages: [hello, calling(call("a", {})), result("a")] },
      "Invalid type for 'messages[1].tool_calls[0].function.arguments': expected a string",
    ],
    [
      "arguments that do not parse",
      { messages: [hello, calling(call("a", "{")), result("a")] },
      "Invalid 'messages[1].tool_calls[0].function.arguments'",
    ],
    [
      "arguments that are no object",
      { messages: [hello, calling(call("a", "[]")), result("a")] },
      "Invalid 'messages[1].tool_calls[0].function.arguments'",
    ],
    [
      "call without id",
      { messages: [hello, calling({ type: "function", function: { name: "a", arguments: "{}" } }), hello] },
      "Missing required parameter: 'messages[1].tool_calls[0].id'.",
    ],
    [
      "unanswered call at the end",
      { messages: [hello, calling(call("a"))] },
      "An assistant message with 'tool_calls' must be followed by tool messages",
    ],
    [
      "unanswered call before a user message",
      { messages: [hello, calling(call("a"), call("b")), result("a"), hello] },
      "An assistant message with 'tool_calls' must be followed by tool messages",
    ],
    [
      "orphan result",
      { messages: [hello, result("a")] },
      "Invalid parameter: messages with role 'tool' must be a response",
    ],
    [
      "result given twice",
      { messages: [hello, calling(call("a")), result("a"), result("a")] },
      "Invalid parameter: messages with role 'tool' must be a response",
    ],
    [
      "id used twice",
      { messages: [hello, calling(call("a")), result("a"), calling(call("a")), result("a")] },
      "Duplicate value for 'tool_call_id'",
    ],
    [
      "image in an assistant message",
      { messages: [hello, { role: "assistant", content: [{ type: "image_url", image_url: { url: "x" } }] }] },
      "Image URLs are only allowed",
    ],
  ])("%s", async (_name, body, message) => {
    expect(await refusal("", { model: "mock-chat", ...body })).toEqual([400, expect.stringContaining(message)]);
  });

  test("the body is OpenAI's", async () => {
    const { json } = await post(`${mock.url}/v1/chat/completions`, { model: "mock-chat", messages: [hello], foo: 1 });
    expect(json).toEqual({
      error: {
        message: "Unrecognized request argument supplied: foo",
        type: "invalid_request_error",
        param: null,
        code: null,
      },
    });
  });

  test("strict: false lets it pass", async () => {
    const lenient = await startMockUpstream({ strict: false });
    const { status } = await post(`${lenient.url}/v1/chat/completions`, { model: "m", messages: [hello], foo: 1 });
    await lenient.close();
    expect(status).toBe(200);
  });
});

describe("keys", () => {
  test("a key is needed, and a known one where keys are configured", async () => {
    const body = { model: "kimi-k3", messages: [hello] };
    const locked = await startMockUpstream({ apiKeys: ["right"] });
    const ask = async (base: string, authorization: string) =>
      (await post(`${locked.url}${base}/v1/chat/completions`, body, { authorization })).status;
    expect(await ask("/moonshot", "Bearer right")).toBe(200);
    expect(await ask("/moonshot", "Bearer wrong")).toBe(401);
    expect(await ask("", "")).toBe(401);
    await locked.close();
    const open = await post(`${mock.url}/moonshot/v1/chat/completions`, body, { authorization: "Basic x" });
    expect(open.json).toEqual({ error: { message: "Invalid Authentication", type: "invalid_authentication_error" } });
  });
});
