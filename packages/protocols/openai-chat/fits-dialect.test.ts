import { expect, test } from "vitest";
import type { VendorProfile } from "../vendors/profile.ts";
import { vendorProfiles } from "../vendors/index.ts";
import { generic } from "../vendors/generic.ts";
import { decodeRequest } from "./decode-request.ts";
import { dialectFor } from "./dialect-for.ts";
import { fitsDialect } from "./fits-dialect.ts";

const openai = vendorProfiles.openai ?? generic;
const gpt = dialectFor(decodeRequest({ model: "m", messages: [{ role: "user", content: "hi" }] }), {
  profile: openai,
  upstreamModel: "gpt-5.1",
});

const user = { role: "user", content: "hi" };
const tool = toolNamed("look");
const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };

function fits(fields: object, profile: VendorProfile): boolean {
  const body = { model: "m", messages: [user], ...fields };
  return fitsDialect(JSON.stringify(body), decodeRequest(body), profile);
}

function toolNamed(name: string): { type: string; function: object } {
  return { type: "function", function: { name, parameters: { type: "object", properties: {} } } };
}

function calledBy(id: string): object[] {
  const call = { id, type: "function", function: { name: "look", arguments: "{}" } };
  return [
    user,
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: id, content: "" },
  ];
}

test.each<[string, object, VendorProfile]>([
  ["plain text", {}, generic],
  ["every common field", { max_tokens: 5, temperature: 0.5, stop: "x", seed: 1, user: "u", tools: [tool] }, generic],
  ["calls and results", { messages: calledBy("call_1"), tools: [tool], tool_choice: "auto" }, generic],
  ["an image", { messages: [{ role: "user", content: [image] }] }, generic],
  ["a schema", { response_format: { type: "json_schema", json_schema: { name: "a", schema: {} } } }, generic],
  ["OpenAI's own names at OpenAI", { max_completion_tokens: 5, safety_identifier: "u" }, gpt],
  ["a word of ours within a text", { messages: [{ role: "user", content: 'say "usage"' }] }, generic],
])("%s goes on as it is", (_, fields, profile) => {
  expect(fits(fields, profile)).toBe(true);
});

// Each would be a 400 of a strict upstream, or silently another answer.
test.each<[string, object, VendorProfile]>([
  ["max_tokens at a reasoning model of OpenAI's", { max_tokens: 5 }, gpt],
  ["max_completion_tokens at a server of an older make", { max_completion_tokens: 5 }, generic],
  ["a temperature that the model fixes", { temperature: 0.5 }, gpt],
  ["top_k where nobody knows it", { top_k: 5 }, generic],
  ["OpenRouter's include_reasoning", { include_reasoning: true }, generic],
  ["a developer message at a server of an older make", { messages: [{ role: "developer", content: "a" }] }, generic],
  ["an instruction in mid-conversation", { messages: [user, { role: "system", content: "a" }] }, generic],
  ["a user id under another name", { user: "u" }, gpt],
  ["a user id that is too long", { user: "u".repeat(65) }, generic],
  ["too many stop sequences", { stop: ["a", "b", "c", "d", "e"] }, gpt],
  ["too many tools", { tools: Array.from({ length: 129 }, (_, at) => toolNamed(`look_${at}`)) }, gpt],
  ["tool_choice without tools", { tool_choice: "auto" }, generic],
  [
    "a choice of tool that the vendor has not",
    { tools: [tool], tool_choice: "required" },
    { ...generic, toolChoices: ["auto"] },
  ],
  [
    "parallel_tool_calls where nobody knows it",
    { tools: [tool], parallel_tool_calls: true },
    { ...generic, parallelToolCallsField: false },
  ],
  [
    "strict tools where nobody knows them",
    { tools: [{ ...tool, function: { ...tool.function, strict: true } }] },
    { ...generic, strictTools: false },
  ],
  [
    "a name that not every vendor takes",
    { tools: [{ ...tool, function: { ...tool.function, name: "a.b" } }] },
    generic,
  ],
  ["a custom tool", { tools: [{ type: "custom", custom: { name: "look" } }] }, generic],
  [
    "cache marks",
    { messages: [{ role: "user", content: [{ type: "text", text: "a", cache_control: { type: "ephemeral" } }] }] },
    generic,
  ],
  [
    "an image at a model that is blind",
    { messages: [{ role: "user", content: [image] }] },
    { ...generic, images: false },
  ],
  [
    "a file",
    {
      messages: [
        { role: "user", content: [{ type: "file", file: { file_data: "data:application/pdf;base64,AAAA" } }] },
      ],
    },
    generic,
  ],
  ["a call id longer than OpenAI takes", { messages: calledBy(`call_${"a".repeat(40)}`), tools: [tool] }, gpt],
  ["a thought", { messages: [user, { role: "assistant", content: "a", reasoning_content: "b" }, user] }, generic],
  [
    "a schema where there is only JSON mode",
    { response_format: { type: "json_schema", json_schema: { name: "a", schema: {} } } },
    { ...generic, structuredOutput: "json-object" },
  ],
])("%s is written anew", (_, fields, profile) => {
  expect(fits(fields, profile)).toBe(false);
});
