import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../model/chat-request.ts";
import { encodeFor, fieldsFor, receiptsFor, requestOf, toolOf } from "./__fixtures__/requests.ts";
import type { WireMessage } from "./wire.ts";

const high = { mode: "auto", effort: "high" } as const;
const off = { mode: "off" } as const;

describe("sampling and limits", () => {
  test("what a thinking Kimi fixes is dropped, with a receipt", () => {
    const over = { sampling: { temperature: 0.2, topP: 0.5, frequencyPenalty: 1, topK: 5, seed: 7 } };
    expect(fieldsFor("moonshot", "kimi-k2-thinking", over)).toEqual({ seed: 7 });
    expect(receiptsFor("moonshot", "kimi-k2-thinking", over)).toEqual([
      "dropped temperature",
      "dropped top_p",
      "dropped top_k",
      "dropped frequency_penalty",
    ]);
    expect(fieldsFor("moonshot", "kimi-k2-0905-preview", over)).toEqual({
      temperature: 0.2,
      top_p: 0.5,
      frequency_penalty: 1,
      seed: 7,
    });
  });

  test("DeepSeek ignores sampling while it thinks and takes it otherwise", () => {
    const over = { sampling: { temperature: 0.2 } };
    expect(fieldsFor("deepseek", "deepseek-v4-pro", over)).toEqual({});
    expect(fieldsFor("deepseek", "deepseek-v4-pro", { ...over, reasoning: off })).toEqual({
      temperature: 0.2,
      thinking: { type: "disabled" },
    });
    expect(fieldsFor("deepseek", "deepseek-chat", over)).toEqual({ temperature: 0.2 });
  });

  test("the limit stands in the vendor's field, clamped to the endpoint's", () => {
    expect(fieldsFor("moonshot", "kimi-k2-thinking", { maxOutputTokens: 100 })).toEqual({ max_tokens: 100 });
    expect(fieldsFor("openai", "gpt-5.1", { maxOutputTokens: 100 })).toEqual({ max_completion_tokens: 100 });
    const clamped = encodeFor("moonshot", "kimi-k2-thinking", requestOf({ maxOutputTokens: 64_000 }), {
      maxOutputTokens: 16_384,
    });
    expect(clamped.body.max_tokens).toBe(16_384);
    expect(clamped.receipts).toEqual(["approximated max_tokens"]);
  });

  test("a temperature that the vendor does not take is moved to one that it takes", () => {
    expect(fieldsFor("minimax", "MiniMax-M2.5", { sampling: { temperature: 0 } }).temperature).toBe(0.01);
    expect(fieldsFor("zai", "glm-4.7", { sampling: { temperature: 1.5 } }).temperature).toBe(1);
    expect(receiptsFor("zai", "glm-4.7", { sampling: { temperature: 1.5 } })).toEqual(["approximated temperature"]);
    expect(fieldsFor("zai", "glm-4.7", { sampling: { temperature: 0.5 } }).temperature).toBe(0.5);
  });

  test("a seed and a forced call have Mistral's words", () => {
    const over = { sampling: { seed: 7 }, tools: [toolOf("a")], toolChoice: { type: "required" } as const };
    expect(fieldsFor("mistral", "mistral-large-2512", over)).toMatchObject({ random_seed: 7, tool_choice: "any" });
    expect(fieldsFor("mistral", "mistral-large-2512", over).seed).toBeUndefined();
  });

  test("a model that answers in streams only is asked for one", () => {
    expect(fieldsFor("qwen", "qwen3-235b-a22b-thinking-2507", { stream: false }).stream).toBe(true);
    expect(fieldsFor("qwen", "qwen-plus", { stream: false }).stream).toBeUndefined();
  });

  test("stop sequences beyond the vendor's number are dropped", () => {
    expect(fieldsFor("xai", "grok-4", { stopSequences: ["a"] })).toEqual({});
    expect(fieldsFor("moonshot", "kimi-k3", { stopSequences: ["x".repeat(33), "b"] })).toEqual({ stop: ["b"] });
    expect(fieldsFor("openai", "gpt-4o", { stopSequences: ["a", "b", "c", "d", "e"] })).toEqual({
      stop: ["a", "b", "c", "d"],
    });
    // huggingface/smolagents#1662: GPT-5 refuses any.
    expect(fieldsFor("openai", "gpt-5", { stopSequences: ["a"] })).toEqual({});
    expect(fieldsFor("openai", "o4-mini", { stopSequences: ["a"] })).toEqual({});
    expect(fieldsFor("zai", "glm-4.7", { stopSequences: ["a"] })).toMatchObject({ stop: ["a"] });
  });

  test("streams ask for usage", () => {
    expect(fieldsFor("generic", "m", { stream: true })).toEqual({
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test("Z.ai streams arguments only when told to", () => {
    expect(fieldsFor("zai", "glm-4.7", { stream: true, tools: [toolOf("a")] }).tool_stream).toBe(true);
    expect(fieldsFor("zai", "glm-4.7", { stream: true }).tool_stream).toBeUndefined();
  });
});

describe("the rest", () => {
  const schema = { type: "object", properties: { a: { type: "string" } } };
  const outputFormat = { type: "json-schema", name: "x", schema } as const;

  test("a schema for the answer goes into the field, or to the end of the system text", () => {
    expect(fieldsFor("openai", "gpt-5.1", { outputFormat })).toEqual({
      response_format: { type: "json_schema", json_schema: { name: "x", schema } },
    });
    const { body, receipts } = encodeFor(
      "deepseek",
      "deepseek-v4-pro",
      requestOf({ outputFormat, system: [{ type: "text", text: "You are" }] }),
    );
    expect(body.response_format).toEqual({ type: "json_object" });
    const [system] = body.messages as WireMessage[];
    expect(system?.content).toMatch(/^You are\n\nAnswer with one JSON object[^]*"a"/);
    expect(receipts).toEqual(["emulated response_format"]);
  });

  test("the last message of the assistant is marked as the beginning of the answer where the vendor has a word for it", () => {
    const messages: ChatRequest["messages"] = [
      { role: "user", content: [{ type: "text", text: "hello" }] },
      { role: "assistant", content: [{ type: "text", text: "{" }] },
    ];
    const last = (vendor: string, model: string) =>
      (encodeFor(vendor, model, requestOf({ messages })).body.messages as WireMessage[]).at(-1);
    expect(last("mistral", "mistral-large-2512")).toEqual({ role: "assistant", content: "{", prefix: true });
    expect(last("moonshot", "kimi-k2-0905-preview")).toEqual({ role: "assistant", content: "{", partial: true });
    expect(last("generic", "m")).toEqual({ role: "assistant", content: "{" });
  });

  test("a begun answer is gone on with for the user's sake where the model takes none", () => {
    const messages: ChatRequest["messages"] = [
      { role: "user", content: [{ type: "text", text: "a" }] },
      { role: "assistant", content: [{ type: "text", text: "I" }] },
    ];
    const rolesFor = (model: string) => {
      const { body, receipts } = encodeFor("openrouter", model, requestOf({ messages }));
      return [(body.messages as WireMessage[]).map(({ role }) => role), receipts];
    };
    expect(rolesFor("anthropic/claude-opus-4.8")).toEqual([["user", "assistant", "user"], ["emulated messages"]]);
    expect(rolesFor("anthropic/claude-sonnet-4.5")).toEqual([["user", "assistant"], []]);
    expect(rolesFor("anthropic/claude-3.7-sonnet")).toEqual([["user", "assistant"], []]);
  });

  test("mid-conversation instructions stay instructions at OpenAI, under its role", () => {
    const messages: ChatRequest["messages"] = [
      { role: "user", content: [{ type: "text", text: "a" }] },
      { role: "system", content: [{ type: "text", text: "s" }] },
    ];
    expect(encodeFor("openai", "gpt-5.1", requestOf({ messages })).body.messages).toEqual([
      { role: "user", content: "a" },
      { role: "developer", content: "s" },
    ]);
    expect(encodeFor("openai", "gpt-4o", requestOf({ messages })).body.messages).toEqual([
      { role: "user", content: "a" },
      { role: "system", content: "s" },
    ]);
  });

  test("the user's id goes into the vendor's field, as a digest when it is long", () => {
    expect(fieldsFor("moonshot", "kimi-k2-thinking", { userId: "u1" })).toEqual({ safety_identifier: "u1" });
    expect(fieldsFor("generic", "m", { userId: "x".repeat(65) }).user).toMatch(/^[0-9a-f]{64}$/);
    expect(receiptsFor("deepseek", "deepseek-chat", { userId: "u1" })).toEqual(["dropped user"]);
  });

  test("a chat client's own fields return to chat upstreams that know them", () => {
    const extensions = {
      "openai-chat": { logit_bias: { 1: 2 }, prompt_cache_key: "k" },
      "anthropic-messages": { context_management: {} },
    };
    expect(fieldsFor("generic", "m", { extensions })).toEqual({ logit_bias: { 1: 2 }, prompt_cache_key: "k" });
    expect(fieldsFor("moonshot", "kimi-k3", { extensions })).toEqual({ prompt_cache_key: "k" });
    expect(receiptsFor("moonshot", "kimi-k3", { extensions })).toEqual([
      "dropped logit_bias",
      "dropped context_management",
    ]);
  });

  test("JSON mode whose client need not say the word: the system text says it (vercel/ai#7913)", () => {
    const unsaid = { outputFormat: { type: "json-object", unsaid: true } } as const;
    const asked = (over: Partial<ChatRequest>) => encodeFor("deepseek", "deepseek-v4-pro", requestOf(over)).body;
    expect(asked(unsaid)).toMatchObject({
      response_format: { type: "json_object" },
      messages: [{ role: "system", content: "Answer with one JSON object and nothing else." }, { role: "user" }],
    });
    const said = { ...unsaid, system: [{ type: "text" as const, text: "Write json." }] };
    expect(asked(said)).toMatchObject({ messages: [{ role: "system", content: "Write json." }, { role: "user" }] });
    expect(receiptsFor("openai", "gpt-4o", unsaid)).toEqual(["repaired response_format"]);
    expect(receiptsFor("openai", "gpt-4o", said)).toEqual([]);
  });

  test("parallel_tool_calls only where it was set and is known", () => {
    const over = { tools: [toolOf("a")], parallelToolCalls: false };
    expect(fieldsFor("openai", "gpt-4o", over).parallel_tool_calls).toBe(false);
    expect(fieldsFor("openai", "gpt-4o", { tools: [toolOf("a")] }).parallel_tool_calls).toBeUndefined();
    expect(receiptsFor("moonshot", "kimi-k3", over)).toEqual(["dropped parallel_tool_calls"]);
  });

  test("the request itself is left as it was", () => {
    const request = requestOf({
      tools: [toolOf("a")],
      reasoning: high,
      extensions: { "openai-chat": { store: true } },
    });
    const before = JSON.stringify(request);
    encodeFor("moonshot", "kimi-k3", request);
    expect(JSON.stringify(request)).toBe(before);
  });
});
