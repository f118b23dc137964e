import { expect, test } from "vitest";
import type { Protocol } from "../protocol-contract.ts";
import { protocols } from "../protocols.ts";
import { createReceipt } from "../receipt.ts";
import { vendorProfiles } from "../vendors/index.ts";
import { profileForModel } from "../vendors/profile.ts";
import { generic } from "../vendors/generic.ts";
import { origin, testSealer } from "./__fixtures__/answers.ts";

/*
 * What a client of one protocol may say and a stricter upstream of another refuses with a 400.
 */

const [messages, chat, responses, gemini] = protocols as [Protocol, Protocol, Protocol, Protocol];

function send(upstream: Protocol, vendor: string, model: string, body: Record<string, unknown>) {
  const receipt = createReceipt();
  const profile = profileForModel(vendorProfiles[vendor] ?? generic, model, upstream.name);
  const request = messages.decodeRequest({
    model: "m",
    max_tokens: 100,
    messages: [{ role: "user", content: "go" }],
    ...body,
  });
  const sent = upstream.encodeRequest(request, {
    profile,
    upstreamModel: model,
    origin,
    sealer: testSealer(),
    receipt,
  });
  return { body: sent.body, noted: receipt.entries.map(({ action, field }) => `${action} ${field}`) };
}

const schema = { type: "object", properties: { a: { type: "string" } }, additionalProperties: false };

test("a schema that leaves out properties is not strict at OpenAI", () => {
  const format = { output_config: { format: { type: "json_schema", schema } } };
  const sent = send(chat, "openai", "gpt-4o", format);
  expect(sent.body.response_format).toMatchObject({ json_schema: { schema, strict: false } });
  expect(sent.noted).toContain("approximated response_format.strict");
  expect(send(responses, "openai", "gpt-4o", format).body.text).toMatchObject({ format: { schema, strict: false } });
  expect(send(chat, "generic", "m", format).body.response_format).toMatchObject({ json_schema: { strict: true } });
});

test("a tool that leaves out properties is not strict at OpenAI", () => {
  const tools = { tools: [{ name: "t", input_schema: schema, strict: true }] };
  const sent = send(chat, "openai", "gpt-4o", tools);
  expect(sent.body.tools).toMatchObject([{ function: { strict: false } }]);
  expect(sent.noted).toContain("approximated tools.strict");
  expect(send(responses, "openai", "gpt-4o", tools).body.tools).toMatchObject([{ strict: false }]);
  const whole = { ...schema, required: ["a"] };
  const strict = { tools: [{ name: "t", input_schema: whole, strict: true }] };
  expect(send(responses, "openai", "gpt-4o", strict).body.tools).toMatchObject([{ strict: true }]);
});

test.each([
  ["openai-chat", chat, "openai", "gpt-4o"],
  ["openai-responses", responses, "openai", "gpt-4o"],
  ["anthropic-messages", messages, "anthropic", "claude-opus-4-8"],
  ["openai-chat", chat, "moonshot", "kimi-k2-thinking"],
] as const)("alternatives on top of a tool's schema are one object in %s (anthropics/claude-code#5973)", (...where) => {
  const [, upstream, vendor, model] = where;
  const branches = [
    { properties: { a: { type: "string" } }, required: ["a"] },
    { properties: { b: { type: "string" } } },
  ];
  const sent = send(upstream, vendor, model, { tools: [{ name: "t", input_schema: { anyOf: branches } }] });
  const { a, b } = { a: { type: "string" }, b: { type: "string" } };
  expect(JSON.stringify(sent.body.tools)).toContain(JSON.stringify({ a, b }));
  expect(JSON.stringify(sent.body.tools)).not.toContain("anyOf");
  expect(sent.noted).toContain("approximated tools.parameters");
});

test("such a tool leaves the express lane, which would send it as it is", () => {
  const tools = [{ name: "t", input_schema: { anyOf: [{ type: "object" }] } }];
  const body = { model: "m", max_tokens: 100, messages: [{ role: "user", content: "go" }] };
  const lane = (fields: Record<string, unknown>) =>
    messages.express.rewriteRequest(
      JSON.stringify({ ...body, ...fields }),
      messages.decodeRequest({ ...body, ...fields }),
      {
        profile: vendorProfiles.anthropic ?? generic,
        upstreamModel: "claude-opus-4-8",
        origin,
        sealer: testSealer(),
        receipt: createReceipt(),
      },
    );
  expect(lane({})).toBeDefined();
  expect(lane({ tools })).toBeUndefined();
});

test.each([
  ["openai-chat", chat, "max_tokens", 1],
  ["openai-responses", responses, "max_output_tokens", 16],
  ["gemini", gemini, "maxOutputTokens", 1],
] as const)(
  "an answer of no tokens, which fills a cache at Anthropic, is the shortest in %s",
  (_, upstream, field, least) => {
    const sent = send(upstream, "generic", "m", { max_tokens: 0 });
    expect(JSON.stringify(sent.body)).toContain(`"${field}":${least}`);
    expect(sent.noted).toContain("approximated max_tokens");
    expect(send(messages, "anthropic", "claude-opus-4-8", { max_tokens: 0 }).body.max_tokens).toBe(0);
  },
);

test("MiniMax searches in the form that it documents", () => {
  const search = (type: string) => ({ tools: [{ type, name: "web_search", max_uses: 2 }] });
  for (const type of ["web_search_20250305", "web_search_20260209"]) {
    const { body } = send(messages, "minimax", "MiniMax-M3", search(type));
    expect(body.tools).toEqual([{ type: "web_search_20250305", name: "web_search", max_uses: 2 }]);
  }
});
