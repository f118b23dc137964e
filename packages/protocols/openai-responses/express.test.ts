import { describe, expect, test } from "vitest";
import { origin, testSealer } from "../contract/__fixtures__/answers.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { createReceipt } from "../receipt.ts";
import { vendorProfiles } from "../vendors/index.ts";
import { generic } from "../vendors/generic.ts";
import { codex169 } from "./__fixtures__/codex.ts";
import { openaiResponses } from "./index.ts";

function rewrite(body: object, over: Partial<EncodeTarget> = {}): string | undefined {
  const text = JSON.stringify(body);
  const target: EncodeTarget = {
    profile: vendorProfiles.openai ?? generic,
    upstreamModel: "gpt-5.5-2026-02-01",
    origin,
    sealer: testSealer(),
    receipt: createReceipt(),
    ...over,
  };
  return openaiResponses.express.rewriteRequest(text, openaiResponses.decodeRequest(JSON.parse(text)), target);
}

const sent = { model: "openai/gpt-5.5", store: false, include: ["reasoning.encrypted_content"], input: "hello" };
const item = (encrypted: string, more: object = {}) => ({
  type: "reasoning",
  summary: [{ type: "summary_text", text: "Think." }],
  encrypted_content: encrypted,
  ...more,
});
const said = { type: "message", role: "assistant", content: [{ type: "output_text", text: "a" }] };
const go = { role: "user", content: "go" };
const sign = (native: unknown[], at = origin): string =>
  testSealer().seal({ origin: at, native: JSON.stringify(native) }, "Think.");

test("nothing but the model's name changes", () => {
  expect(rewrite(sent)).toBe(JSON.stringify({ ...sent, model: "gpt-5.5-2026-02-01" }));
});

test("what the provider must not keep, and has to give, is said where the client did not say it", () => {
  expect(JSON.parse(rewrite({ model: "m", input: "hello" }) ?? "")).toEqual({ ...sent, model: "gpt-5.5-2026-02-01" });
  expect(rewrite({ model: "m", input: 'the word "store"', include: null })).toBeUndefined();
  expect(JSON.parse(rewrite({ model: "m", input: "a" }, { upstreamModel: "gpt-4.1" }) ?? "")).not.toHaveProperty(
    "include",
  );
});

test("a thought of this very upstream gets its encrypted content back, in place", () => {
  const input = [go, item(sign(["rs_1", "gAAA==", 6]), { id: "rs_1" }), said, go];
  expect(JSON.parse(rewrite({ ...sent, input }) ?? "")).toMatchObject({
    input: [go, item("gAAA==", { id: "rs_1" }), said, go],
  });
});

test("Codex takes the lane", () => {
  const body = codex169((text) =>
    testSealer().seal({ origin, native: JSON.stringify(["rs_1", "gAAA==", text.length]) }, text),
  );
  const written = rewrite(body);
  expect(written).toContain('"encrypted_content":"gAAA=="');
  expect(written).not.toContain("or1.");
});

describe("the long way is taken for", () => {
  test.each<[string, object, Partial<EncodeTarget>?]>([
    ["a thought of another origin", { input: [go, item(sign(["rs_1", "x", 6], "other")), said] }],
    ["a thought of nobody known", { input: [go, item("gAAAforeign"), said] }],
    ["a thought under another id", { input: [go, item(sign(["rs_1", "x", 6]), { id: "rs_2" }), said] }],
    ["a call without an output", { input: [go, { type: "function_call", call_id: "c", name: "f", arguments: "{}" }] }],
    ["a response that the gateway has put in its place", { previous_response_id: "resp_1" }],
    ["an effort that is called otherwise", { reasoning: { effort: "max" } }],
    ["a temperature that is fixed", { temperature: 0.5 }],
    ["a limit too low", { max_output_tokens: 5 }],
    ["a limit too high", { max_output_tokens: 500 }, { maxOutputTokens: 100 }],
    ["a reference", { input: [go, { type: "item_reference", id: "rs_1" }] }],
    [
      "a search of the gateway's",
      { input: [go, { type: "web_search_call", id: "ws_or1q", status: "completed", action: {} }, said] },
    ],
    ["a name too long", { tools: [{ type: "function", name: "f".repeat(65), parameters: {}, strict: false }] }],
    [
      "a namespace at a model without",
      {
        tools: [{ type: "namespace", name: "n", description: "", tools: [{ type: "function", name: "f" }] }],
      },
      { upstreamModel: "gpt-5.1" },
    ],
    ["a conversation to be summed up", { input: [go, { type: "compaction_trigger" }] }],
    ["one that the gateway has summed up", { input: [{ type: "compaction", encrypted_content: "or1c.YQ" }, go] }],
    ["a server of which nothing is known", {}, { profile: generic }],
  ])("%s", (_, fields, over) => {
    expect(rewrite({ ...sent, ...fields }, over)).toBeUndefined();
  });
});
