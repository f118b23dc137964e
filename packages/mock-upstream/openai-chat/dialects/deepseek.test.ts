import { afterAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../../json-object.ts";
import { startMockUpstream } from "../../index.ts";
import { call, calling, hello, result, said, thinking, tool } from "../../testing/chat-history.ts";
import { refusalOf } from "../../testing/talk.ts";

const mock = await startMockUpstream({ seed: "strict" });
afterAll(() => mock.close());
const refusal = (base: string, body: JsonObject) => refusalOf(mock.url + base, body);

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
    [
      "lost reasoning of an answer without calls, once there are tools",
      { ...deep, messages: [hello, said(), hello], tools: [tool] },
      "The `reasoning_content` in the thinking mode must be passed back to the API.",
    ],
    [
      "empty answer",
      { ...deep, messages: [hello, said({ content: null }), hello] },
      "content or tool_calls must be set",
    ],
    ["developer", { ...deep, messages: [{ role: "developer", content: "x" }, hello] }, "Invalid value: 'developer'"],
    ["17 stops", { ...deep, stop: Array.from({ length: 17 }, String) }, "Expected an array with maximum length 16"],
    ["forced tool", { ...deep, tools: [tool], tool_choice: "required" }, "does not support this tool_choice"],
    ["logprobs while thinking", { ...deep, logprobs: true }, "Thinking mode does not support logprobs"],
    [
      "schema",
      { ...deep, response_format: { type: "json_schema", json_schema: { name: "a", schema: {} } } },
      "This response_format type is unavailable now",
    ],
    ["unsaid JSON", { ...deep, response_format: { type: "json_object" } }, "Prompt must contain the word 'json'"],
  ])("%s", async (_name, body, message) => {
    expect(await refusal("/deepseek", body)).toEqual([400, expect.stringContaining(message)]);
  });

  test("reasoning is optional where no tool was called", async () => {
    expect(await refusal("/deepseek", { ...deep, messages: [hello, said(), hello] })).toEqual([200, undefined]);
  });
});
