import { describe, expect, test } from "vitest";
import { createReceipt } from "../receipt.ts";
import { vendorProfiles } from "../vendors/index.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { claudeCode197, claudeCode330 } from "./__fixtures__/claude-code.ts";
import { origin, sealer } from "./__fixtures__/requests.ts";
import { decodeRequest } from "./decode-request.ts";
import { express } from "./express.ts";

function rewrite(
  body: object | string,
  over: Partial<EncodeTarget> & { vendor?: string; model?: string } = {},
): string | undefined {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const { vendor = "anthropic", model = "claude-opus-4-8", ...rest } = over;
  const profile = vendorProfiles[vendor];
  if (profile === undefined) throw new Error(vendor);
  const target: EncodeTarget = { profile, upstreamModel: model, origin, sealer, receipt: createReceipt(), ...rest };
  return express.rewriteRequest(text, decodeRequest(JSON.parse(text)), target);
}

const sign = (thinking: string) => sealer.seal({ origin, native: "native" }, thinking);
const hello = { role: "user", content: "hello" };
const plain = { model: "claude", max_tokens: 1000, messages: [hello] };
const use = { type: "tool_use", id: "toolu_1", name: "a", input: {} };
const result = { type: "tool_result", tool_use_id: "toolu_1", content: "ok" };

describe("the client's own bytes", () => {
  test("go on with another model and nothing else changed", () => {
    const text =
      '{ "model" : "claude",\n "max_tokens":1000, "unknown": [1.0, "\\u00e9"],  "messages":[{"role":"user","content":"hello"}] }';
    expect(rewrite(text)).toBe(text.replace('"claude"', '"claude-opus-4-8"'));
  });

  test.each([claudeCode197, claudeCode330])(
    "of Claude Code go on with native signatures in the place of ours (T12)",
    (make) => {
      const body = make(sign);
      expect(rewrite(body)).toBe(JSON.stringify({ ...make(() => "native"), model: "claude-opus-4-8" }));
    },
  );

  test("go on with thinking where only the first call of a turn has a thought, so that the cache holds (T20)", () => {
    const later = { ...use, id: "toolu_2" };
    const body = (signature: string) => ({
      ...plain,
      model: "claude-sonnet-4-5",
      max_tokens: 4000,
      thinking: { type: "enabled", budget_tokens: 2000 },
      messages: [
        hello,
        { role: "assistant", content: [{ type: "thinking", thinking: "a", signature }, use] },
        { role: "user", content: [result] },
        { role: "assistant", content: [later] },
        { role: "user", content: [{ ...result, tool_use_id: "toolu_2" }] },
      ],
    });
    expect(rewrite(body(sign("a")), { model: "claude-sonnet-4-5" })).toBe(JSON.stringify(body("native")));
  });

  test("go on with the model's own word for no thoughts", () => {
    const rest = (model: string, type: string) => rewrite({ ...plain, model, thinking: { type } }, { model });
    expect(rest("claude-sonnet-5-5", "between_tools")).toContain('"thinking":{"type":"between_tools"}');
    expect(rest("claude-opus-5", "disabled")).toContain('"thinking":{"type":"disabled"}');
  });

  test("keep an envelope's look-alike in a text", () => {
    const other = sealer.seal({ origin, native: "other" }, "x");
    const body = {
      ...plain,
      messages: [
        { role: "user", content: other },
        { role: "assistant", content: [{ type: "thinking", thinking: "a", signature: sign("a") }, use] },
        { role: "user", content: [result] },
      ],
    };
    const sent = rewrite(body) ?? "";
    expect(sent).toContain(other);
    expect(sent).toContain('"signature":"native"');
  });

  test("return redacted thoughts", () => {
    const data = sealer.seal({ origin, native: "opaque" }, "");
    const body = {
      ...plain,
      messages: [
        hello,
        { role: "assistant", content: [{ type: "redacted_thinking", data }, use] },
        { role: "user", content: [result] },
      ],
    };
    expect(rewrite(body)).toContain('{"type":"redacted_thinking","data":"opaque"}');
  });
});

describe("a request is written anew", () => {
  const thinking = (signature: string, text = "a") => ({
    ...plain,
    messages: [
      hello,
      { role: "assistant", content: [{ type: "thinking", thinking: text, signature }, use] },
      { role: "user", content: [result] },
    ],
  });

  test.each<[string, object, (Partial<EncodeTarget> & { vendor?: string; model?: string })?]>([
    ["for a server that only resembles Anthropic", plain, { vendor: "generic" }],
    ["for Kimi", plain, { vendor: "moonshot", model: "kimi-k2.6" }],
    ["with a thought that is unsigned", thinking("")],
    ["with a thought that is foreign (opencode-antigravity-auth#70, T15)", thinking("EqQBCgIYAhIM")],
    ["with a forged envelope", thinking(`${sign("a").slice(0, -22)}${"A".repeat(22)}`)],
    ["with an envelope moved to another thought", thinking(sign("b"))],
    ["with a thought of another model", thinking(sealer.seal({ origin: "anthropic/other", native: "n" }, "a"))],
    ["with a thought that its upstream had not signed", thinking(sealer.seal({ origin, native: "" }, "a"))],
    ["with more tokens than the endpoint gives", plain, { maxOutputTokens: 999 }],
    ["with a call that has no result", { ...plain, messages: [hello, { role: "assistant", content: [use] }, hello] }],
    [
      "with thinking in a form the model does not take (anthropics/claude-code#55211, T16)",
      { ...plain, thinking: { type: "adaptive" } },
      { model: "claude-haiku-4-5" },
    ],
    ["with a budget for an adaptive model", { ...plain, thinking: { type: "enabled", budget_tokens: 500 } }],
    [
      "with a budget below the smallest (maximhq/bifrost#1479)",
      { ...plain, max_tokens: 4000, thinking: { type: "enabled", budget_tokens: 500 } },
      { model: "claude-sonnet-4-5" },
    ],
    [
      "with an effort the model is not told",
      { ...plain, output_config: { effort: "high" } },
      { model: "claude-sonnet-4-5" },
    ],
    ["with sampling the model does not take", { ...plain, temperature: 0.5 }],
    [
      "with thinking switched off for a model that cannot think",
      { ...plain, thinking: { type: "disabled" } },
      { model: "claude-3-5-haiku-20241022" },
    ],
    [
      "with instructions in the conversation, for a model that takes none",
      { ...plain, messages: [hello, { role: "system", content: "s" }] },
      { model: "claude-haiku-4-5" },
    ],
    [
      "with an answer that has begun, for a model that cannot go on with it",
      { ...plain, messages: [hello, { role: "assistant", content: "I" }] },
    ],
    [
      "with an answer that has begun, for a model that is to think before",
      {
        ...plain,
        max_tokens: 4000,
        thinking: { type: "enabled", budget_tokens: 2000 },
        messages: [hello, { role: "assistant", content: "I" }],
      },
      { model: "claude-sonnet-4-5" },
    ],
    [
      "with a tool forced upon a model that chooses itself",
      { ...plain, tools: [{ name: "a", input_schema: {} }], tool_choice: { type: "any" } },
      { model: "claude-opus-5-5" },
    ],
    [
      "with thinking switched off for a model that always thinks",
      { ...plain, thinking: { type: "disabled" } },
      { model: "claude-fable-5" },
    ],
    [
      "with thinking switched off in another model's word",
      { ...plain, thinking: { type: "between_tools" } },
      { model: "claude-opus-5" },
    ],
    [
      "with thinking switched off for a model that has a word of its own",
      { ...plain, thinking: { type: "disabled" } },
      { model: "claude-sonnet-5-5" },
    ],
    [
      "with thinking, after a call that had no thought before it",
      {
        ...plain,
        max_tokens: 4000,
        tools: [{ name: "a", input_schema: {} }],
        thinking: { type: "enabled", budget_tokens: 2000 },
        messages: [hello, { role: "assistant", content: [use] }, { role: "user", content: [result] }],
      },
      { model: "claude-sonnet-4-5" },
    ],
  ])("%s", (_, body, over) => {
    expect(rewrite(body, over)).toBeUndefined();
  });

  test("when the model is named in a way that hides", () => {
    expect(rewrite(`{"\\u006dodel":"x",${JSON.stringify(plain).slice(1)}`)).toBeUndefined();
  });

  test("and leaves nothing on the receipt: that is the long way's to write", () => {
    const receipt = createReceipt();
    rewrite({ ...plain, temperature: 0.5 }, { receipt });
    expect(receipt.entries).toEqual([]);
  });
});

test("a whole answer gets the client's model and sealed thoughts", () => {
  const body = {
    model: "claude-opus-4-8",
    content: [
      { type: "thinking", thinking: "a", signature: "native" },
      { type: "thinking", thinking: "b" },
      { type: "redacted_thinking", data: "data" },
      { type: "text", text: "c" },
      null,
    ],
    usage: { input_tokens: 1 },
  };
  const rewritten = structuredClone(body);
  express.rewriteResponse(rewritten, { requestedModel: "asked", origin, sealer, includeUsage: false });
  const [signed, unsigned, redacted, text] = rewritten.content;
  expect(rewritten.model).toBe("asked");
  expect(sealer.open(signed?.signature, "a")).toEqual({ origin, native: "native" });
  expect(sealer.open(unsigned?.signature, "b")).toEqual({ origin, native: "" });
  expect(sealer.open(redacted?.data, "")).toEqual({ origin, native: "data" });
  expect(text).toEqual(body.content[3]);
  expect(rewritten.usage).toEqual(body.usage);
});
