import { afterAll, expect, test } from "vitest";
import type { JsonObject } from "../../json-object.ts";
import { startMockUpstream } from "../../index.ts";
import { call, calling, hello, result, said, tool } from "../../testing/chat-history.ts";
import { refusalOf } from "../../testing/talk.ts";

const mock = await startMockUpstream({ seed: "strict" });
afterAll(() => mock.close());
const refusal = (base: string, body: JsonObject) => refusalOf(mock.url + base, body);

const gpt = { model: "gpt-5.5", messages: [hello] };
const old = { model: "gpt-4o", messages: [hello] };
const offering = (fields: JsonObject) => [{ type: "function", function: { name: "a", ...fields } }];
const longId = "c".repeat(41);

test.each<[what: string, body: JsonObject, words: string]>([
  [
    "reasoning_content",
    { ...gpt, messages: [hello, said({ reasoning_content: "y" }), hello] },
    "'reasoning_content' was unexpected",
  ],
  ["max_tokens", { ...gpt, max_tokens: 5 }, "Unsupported parameter: 'max_tokens'"],
  ["temperature", { ...gpt, temperature: 0 }, "Unsupported value: 'temperature'"],
  ["top_p", { ...gpt, top_p: 0.5 }, "Unsupported parameter: 'top_p'"],
  ["penalty", { ...gpt, presence_penalty: 1 }, "Unsupported parameter: 'presence_penalty'"],
  ["stop of a model that thinks", { ...gpt, stop: ["x"] }, "Unsupported parameter: 'stop'"],
  ["logprobs of a model that thinks", { ...gpt, logprobs: true }, "Unsupported parameter: 'logprobs'"],
  ["effort it does not have", { ...gpt, reasoning_effort: "max" }, "'reasoning_effort' does not support 'max'"],
  ["effort of a model that does not think", { ...old, reasoning_effort: "low" }, "Unsupported parameter"],
  ["tools while it thinks", { ...gpt, tools: [tool] }, "Function tools with reasoning_effort are not supported"],
  ["five stops", { ...old, stop: ["a", "b", "c", "d", "e"] }, "Expected an array with maximum length 4"],
  ["stop of another type", { ...old, stop: [1] }, "Invalid type for 'stop'"],
  ["parallel calls of no tools", { ...old, parallel_tool_calls: true }, "only allowed when 'tools' are specified"],
  [
    "long call id",
    { ...old, messages: [hello, calling(call(longId)), result(longId)] },
    "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 40",
  ],
  ["empty answer", { ...old, messages: [hello, said({ content: null }), hello] }, "expected a string, got null"],
  [
    "empty content",
    { ...old, messages: [{ role: "user", content: [] }] },
    "Invalid 'messages[0].content': empty array",
  ],
  [
    "image in a result",
    {
      ...old,
      messages: [
        hello,
        calling(call("a")),
        { ...result("a"), content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }] },
      ],
    },
    "with role 'tool' contains an image URL",
  ],
  ["unsaid JSON", { ...old, response_format: { type: "json_object" } }, "must contain the word 'json'"],
  [
    "array of nothing",
    { ...old, tools: offering({ parameters: { type: "object", properties: { a: { type: "array" } } } }) },
    "In context=('properties', 'a'), array schema missing items",
  ],
  [
    "object of nothing",
    { ...old, tools: offering({ parameters: { type: "object" } }) },
    "object schema missing properties",
  ],
  [
    "open strict tool",
    { ...old, tools: offering({ parameters: { type: "object", properties: {} }, strict: true }) },
    "'additionalProperties' is required to be supplied and to be false",
  ],
  [
    "open strict answer",
    {
      ...old,
      response_format: { type: "json_schema", json_schema: { name: "a", strict: true, schema: { type: "object" } } },
    },
    "Invalid schema for response_format 'a'",
  ],
])("OpenAI refuses: %s", async (_, body, words) => {
  expect(await refusal("/openai", body)).toEqual([400, expect.stringContaining(words)]);
});

test.each<[what: string, body: JsonObject]>([
  [
    "tools and a temperature of a model that rests",
    { ...gpt, tools: [tool], temperature: 0, reasoning_effort: "none" },
  ],
  ["four stops", { ...old, stop: ["a", "b", "c", "d"] }],
  [
    "JSON that is spoken of",
    { ...old, messages: [{ role: "user", content: "JSON!" }], response_format: { type: "json_object" } },
  ],
])("OpenAI takes %s", async (_, body) => {
  expect(await refusal("/openai", body)).toEqual([200, undefined]);
});

test("OpenAI does not find the models of others", async () => {
  const found = await refusal("/openai", { model: "kimi-k3", messages: [hello] });
  expect(found).toEqual([404, "The model `kimi-k3` does not exist or you do not have access to it."]);
});
