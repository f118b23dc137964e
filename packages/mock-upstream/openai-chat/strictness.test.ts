import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import type { MockUpstream } from "../index.ts";
import { post } from "../testing/talk.ts";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "strict" });
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

const hello = { role: "user", content: "hello" };
const parameters = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };
const tool = { type: "function", function: { name: "Bash", parameters } };
const call = (id: string, args: unknown = "{}", name = "Bash") => ({
  id,
  type: "function",
  function: { name, arguments: args },
});
const result = (id: string) => ({ role: "tool", tool_call_id: id, content: "ok" });
const calling = (...calls: JsonObject[]) => ({ role: "assistant", content: null, tool_calls: calls });
const thinking = (reasoning: string, ...calls: JsonObject[]) => ({
  ...calling(...calls),
  reasoning_content: reasoning,
});

async function refusal(base: string, body: JsonObject): Promise<[number, unknown]> {
  const { status, json } = await post(`${mock.url}${base}/v1/chat/completions`, body);
  return [status, asObject(json.error).message];
}

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
      "context overflow",
      { ...kimi, messages: Array.from({ length: 2 }, () => ({ role: "user", content: "x".repeat(600_000) })) },
      400,
      "Invalid request: Your request exceeded model token limit: 262144 (requested: 300",
    ],
  ])("%s", async (_name, body, status, message) => {
    expect(await refusal(at, body)).toEqual([status, expect.stringContaining(message)]);
  });

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

describe("deepseek", () => {
  const deep = { model: "deepseek-v4-pro", messages: [hello] };
  test.each<[string, JsonObject, string]>([
    ["unknown model", { ...deep, model: "gpt-4" }, "Model Not Exist"],
    [
      "lost reasoning",
      { ...deep, messages: [hello, calling(call("a")), result("a")] },
      "The `reasoning_content` in the thinking mode must be passed back to the API.",
    ],
    [
      "effort without thinking",
      { ...deep, thinking: { type: "disabled" }, reasoning_effort: "high" },
      "reasoning_effort cannot be set",
    ],
    [
      "unanswered call",
      { ...deep, messages: [hello, thinking("r", call("a"))] },
      "(insufficient tool messages following tool_calls message)",
    ],
    [
      "image",
      { ...deep, messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }] },
      "unknown variant `image_url`, expected `text`",
    ],
  ])("%s", async (_name, body, message) => {
    expect(await refusal("/deepseek", body)).toEqual([400, expect.stringContaining(message)]);
  });

  test("reasoning is optional where no tool was called", async () => {
    expect(
      await refusal("/deepseek", { ...deep, messages: [hello, { role: "assistant", content: "hi" }, hello] }),
    ).toEqual([200, undefined]);
  });
});

describe("zai and openai", () => {
  test.each<[string, string, JsonObject, number, string]>([
    ["unknown model", "/zai", { model: "gpt-4", messages: [hello] }, 400, "Unknown Model"],
    ["unknown field", "/zai", { model: "glm-5", messages: [hello], metadata: {} }, 400, "Invalid API parameter"],
    [
      "reasoning_content",
      "/openai",
      { model: "gpt-5.5", messages: [hello, { role: "assistant", content: "x", reasoning_content: "y" }, hello] },
      400,
      "'reasoning_content' was unexpected",
    ],
    [
      "max_tokens",
      "/openai",
      { model: "gpt-5.5", messages: [hello], max_tokens: 5 },
      400,
      "Unsupported parameter: 'max_tokens'",
    ],
    [
      "temperature",
      "/openai",
      { model: "gpt-5.5", messages: [hello], temperature: 0 },
      400,
      "Unsupported value: 'temperature'",
    ],
    ["unknown model", "/openai", { model: "kimi-k3", messages: [hello] }, 404, "The model `kimi-k3` does not exist"],
  ])("%s at %s", async (_name, base, body, status, message) => {
    expect(await refusal(base, body)).toEqual([status, expect.stringContaining(message)]);
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
