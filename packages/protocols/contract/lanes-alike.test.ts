import { expect, test } from "vitest";
import { protocolFor } from "../protocols.ts";
import type { ProtocolName } from "../model/protocol.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { createReceipt } from "../receipt.ts";
import { anthropic } from "../vendors/anthropic.ts";
import { openai } from "../vendors/openai.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { isObject } from "../wire/json-object.ts";
import { origin, testSealer } from "./__fixtures__/answers.ts";

/*
 * A conversation may change lanes from turn to turn: after an upstream died, or with a field for the gateway. What its
 * upstream's prompt cache is keyed by, the tokens of the prompt, has to stay the same.
 */

const schema = {
  type: "object",
  properties: { zulu: { type: "string", description: "z" }, alpha: { type: "integer", minimum: 0 } },
  required: ["zulu"],
  additionalProperties: false,
};
const image = { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" };
const cache = { cache_control: { type: "ephemeral" } };

const signature = testSealer().seal({ origin, native: "c2lnbmVk" }, "hm");

const messagesBody = {
  model: "any",
  max_tokens: 4000,
  system: [
    { type: "text", text: "You are.\n" },
    { type: "text", text: "é\u2028 </s>", ...cache },
  ],
  tools: [
    { name: "Read", description: "Reads.", input_schema: schema },
    { name: "Bash", description: "Runs.", input_schema: { type: "object", properties: {} }, ...cache },
  ],
  thinking: { type: "enabled", budget_tokens: 1024 },
  messages: [
    { role: "user", content: "say" },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "hm", signature },
        { type: "text", text: "I look." },
        {
          type: "tool_use",
          id: "toolu_01A",
          name: "Read",
          input: { zulu: "z", alpha: 1.5, nested: { b: [], a: null } },
        },
        { type: "tool_use", id: "toolu_01B", name: "Bash", input: {} },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "toolu_01A", content: "plain", is_error: true },
        {
          type: "tool_result",
          tool_use_id: "toolu_01B",
          content: [
            { type: "text", text: "in parts" },
            { type: "image", source: image },
          ],
        },
        { type: "text", text: "<system-reminder>x</system-reminder>" },
        { type: "image", source: image, ...cache },
      ],
    },
    { role: "assistant", content: "done" },
    { role: "user", content: [{ type: "text", text: "more" }] },
  ],
};

const chatBody = {
  model: "any",
  messages: [
    { role: "system", content: "You are.\n" },
    { role: "user", content: "say" },
    {
      role: "assistant",
      content: "I look.",
      tool_calls: [
        {
          id: "call_A",
          type: "function",
          function: { name: "Read", arguments: '{ "zulu": "z",  "2": 1.0, "1": 1e3 }' },
        },
        { id: "call_B", type: "function", function: { name: "Bash", arguments: "{}" } },
      ],
    },
    { role: "tool", tool_call_id: "call_A", content: "plain" },
    { role: "tool", tool_call_id: "call_B", content: [{ type: "text", text: "in parts" }] },
    {
      role: "user",
      content: [
        { type: "text", text: "more" },
        { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
      ],
    },
  ],
  tools: [
    { type: "function", function: { name: "Read", description: "Reads.", parameters: schema } },
    {
      type: "function",
      function: { name: "Bash", description: "Runs.", parameters: { type: "object", properties: {} } },
    },
  ],
};

test.each<[ProtocolName, VendorProfile, string, object]>([
  ["anthropic-messages", anthropic, "claude-sonnet-4-5", messagesBody],
  ["openai-chat", openai, "gpt-4.1", chatBody],
])("%s: the prompt is the same on both lanes", (name, profile, upstreamModel, body) => {
  const protocol = protocolFor(name);
  const target: EncodeTarget = { profile, upstreamModel, origin, sealer: testSealer(), receipt: createReceipt() };
  const request = protocol.decodeRequest(structuredClone(body));
  const forwarded = protocol.express.rewriteRequest(JSON.stringify(body), request, target);
  const encoded = protocol.encodeRequest(request, target).body;
  expect(render(encoded)).toBe(render(JSON.parse(forwarded ?? "null")));
});

/** What a model reads of a request, in the order of its fields. A text by itself is a part with that text. */
function render(body: unknown): string {
  const { system, tools, messages } = isObject(body) ? body : {};
  return JSON.stringify({ system: asParts(system), tools, messages: asParts(messages) }, undefined, 1);
}

function asParts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => asParts(one));
  if (!isObject(value) || !("content" in value)) return value;
  const { content } = value;
  return { ...value, content: typeof content === "string" ? [{ type: "text", text: content }] : asParts(content) };
}
