import fc from "fast-check";
import { expect, test } from "vitest";
import { anthropicMessages } from "../anthropic-messages/index.ts";
import { gemini } from "../gemini/index.ts";
import { openaiChat } from "../openai-chat/index.ts";
import { openaiResponses } from "../openai-responses/index.ts";
import type { Protocol } from "../protocol-contract.ts";
import { testSealer } from "./__fixtures__/answers.ts";
import { encodeFor } from "./__fixtures__/requests.ts";

const turns = 60;

/** Where a session may lie: protocol, vendor profile, model. The upstream's cache lives off an unchanged prefix. */
const upstreams: ReadonlyArray<readonly [string, string, string, Protocol]> = [
  ["openai-chat", "moonshot", "kimi-k2-thinking", openaiChat],
  ["openai-chat", "moonshot", "kimi-k2.6", openaiChat],
  ["openai-chat", "moonshot", "kimi-k3", openaiChat],
  ["openai-chat", "deepseek", "deepseek-v4-pro", openaiChat],
  ["openai-chat", "zai", "glm-5.2", openaiChat],
  ["openai-chat", "openai", "gpt-5.5", openaiChat],
  ["openai-chat", "openai", "gpt-6-luna", openaiChat],
  ["openai-chat", "minimax", "MiniMax-M3", openaiChat],
  ["openai-chat", "qwen", "qwen3.7-plus", openaiChat],
  ["openai-chat", "xai", "grok-4.3", openaiChat],
  ["openai-chat", "mistral", "magistral-medium-latest", openaiChat],
  ["openai-chat", "groq", "moonshotai/kimi-k2-instruct-0905", openaiChat],
  ["openai-chat", "together", "moonshotai/Kimi-K2-Thinking", openaiChat],
  ["openai-chat", "fireworks", "accounts/fireworks/models/glm-5", openaiChat],
  ["openai-chat", "openrouter", "anthropic/claude-sonnet-4.5", openaiChat],
  ["openai-chat", "vllm", "Qwen/Qwen3-32B", openaiChat],
  ["openai-chat", "ollama", "gpt-oss:20b", openaiChat],
  ["openai-chat", "llamacpp", "mistralai/devstral", openaiChat],
  ["openai-chat", "generic", "anything", openaiChat],
  ["anthropic-messages", "anthropic", "claude-opus-4-8", anthropicMessages],
  ["anthropic-messages", "moonshot", "kimi-k2-thinking", anthropicMessages],
  ["anthropic-messages", "deepseek", "deepseek-v4-pro", anthropicMessages],
  ["anthropic-messages", "zai", "glm-4.7", anthropicMessages],
  ["anthropic-messages", "generic", "anything", anthropicMessages],
  ["openai-responses", "openai", "gpt-5.5", openaiResponses],
  ["openai-responses", "openai", "gpt-4.1", openaiResponses],
  ["openai-responses", "generic", "anything", openaiResponses],
  ["gemini", "google", "gemini-2.5-pro", gemini],
  ["gemini", "google", "gemini-3-pro-preview", gemini],
  ["gemini", "generic", "anything", gemini],
];

/** Decides, anew in every request, how a client writes what it has said before. */
type Coin = () => boolean;

function coinOf(seed: number): Coin {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 16) % 2 === 0;
  };
}

/** Text as Claude Code writes it: the same old turn now as a string, now as a block. */
function write(text: string, coin: Coin): unknown {
  return coin() ? text : [{ type: "text", text }];
}

function thinking(turn: number): object[] {
  const text = `thought ${turn} – é\n`;
  const signature = testSealer().seal({ origin: "test/model", native: turn % 3 === 0 ? "" : `native${turn}` }, text);
  // Own, unsigned and foreign thoughts, and turns without one.
  if (turn % 5 === 1) return [];
  if (turn % 5 === 2) return [{ type: "thinking", thinking: text, signature: "" }];
  return [{ type: "thinking", thinking: text, signature: turn % 5 === 3 ? "foreign" : signature }];
}

/** A Messages body after so many turns. Everything but the last message was there a turn before, in one form or another. */
function messagesBody(length: number, coin: Coin): object {
  const messages: Array<{ role: string; content: unknown }> = [
    { role: "user", content: write("go", coin) },
    { role: "system", content: write("Reminder.", coin) },
  ];
  for (let turn = 0; turn < length; turn++) {
    const calls = Array.from({ length: turn % 3 }, (_, at) => ({
      id: `toolu_${turn}_${at}_abcd`,
      name: at === 0 ? "Bash" : "Read",
    }));
    const said = turn % 2 === 0 || calls.length === 0 ? [{ type: "text", text: `say ${turn}` }] : [];
    messages.push({
      role: "assistant",
      content: [
        ...thinking(turn),
        ...said,
        ...calls.map((call) => ({ type: "tool_use", ...call, input: { n: turn, s: "é" } })),
      ],
    });
    const results = calls.map((call, at) => ({
      type: "tool_result",
      tool_use_id: call.id,
      content:
        at === 1 && turn % 4 === 1 ? [{ type: "tool_reference", tool_name: "Later" }] : write(`result ${turn}`, coin),
      ...(turn % 7 === 4 ? { is_error: true } : {}),
    }));
    const ask = { type: "text", text: `ask ${turn}` };
    if (results.length === 0) messages.push({ role: "user", content: coin() ? ask.text : [ask] });
    else if (turn % 4 === 2) messages.push({ role: "user", content: results }, { role: "user", content: [ask] });
    else messages.push({ role: "user", content: turn % 4 === 0 ? results : [...results, ask] });
    if (turn % 6 === 5) messages.push({ role: "system", content: write(`note ${turn}`, coin) });
  }
  const last = messages.at(-1);
  const block: unknown = Array.isArray(last?.content) ? last.content.at(-1) : undefined;
  if (typeof block === "object" && block !== null) Object.assign(block, { cache_control: { type: "ephemeral" } });
  return {
    model: "m",
    max_tokens: 32_000,
    system: [
      { type: "text", text: "x-anthropic-billing-header: cc_version=2.1.330.1f4; cc_entrypoint=sdk-cli;" },
      { type: "text", text: "You are", ...(coin() ? { cache_control: { type: "ephemeral" } } : {}) },
    ],
    messages,
    tools: ["Bash", "Read", "Later", "Never"].map((name) => ({
      name,
      input_schema: { type: "object", properties: {} },
      ...(name === "Later" || name === "Never" ? { defer_loading: true } : {}),
    })),
    thinking: { type: "adaptive" },
  };
}

/** Marks say where to cache, they are no part of what is cached. */
function withoutMarks(value: unknown): string {
  return JSON.stringify(value, (field, part: unknown) => (field === "cache_control" ? undefined : part));
}

/** A JSON list without its end: a longer list begins with it. */
function beginning(list: unknown): string {
  return withoutMarks(list).slice(0, -1);
}

/** Gemini has all functions in one entry. */
function functionsOf(tools: unknown): unknown {
  const [first] = tools as Array<{ functionDeclarations?: unknown }>;
  return first?.functionDeclarations ?? tools;
}

test.each(upstreams)(
  `over ${turns} turns, what %s at %s %s was sent is the beginning of what it is sent next (maximhq/bifrost#898, T20)`,
  (_, vendor, model, protocol) => {
    let before = { messages: "", tools: "", system: "" };
    for (let length = 1; length <= turns; length++) {
      const request = anthropicMessages.decodeRequest(messagesBody(length, coinOf(length)));
      const { body } = encodeFor(protocol, vendor, model, request);
      const now = {
        messages: beginning(body.messages ?? body.contents ?? body.input),
        tools: beginning(functionsOf(body.tools)),
        system: withoutMarks(body.system ?? body.systemInstruction ?? body.instructions ?? []),
      };
      expect(now.messages.startsWith(before.messages)).toBe(true);
      expect(now.messages.length).toBeGreaterThan(before.messages.length);
      expect(now.tools.startsWith(before.tools)).toBe(true);
      if (length > 1) expect(now.system).toBe(before.system);
      before = now;
    }
  },
);

test.each(upstreams)(
  "the form in which a client writes its old turns changes no byte for %s at %s %s (T20)",
  (_, vendor, model, protocol) => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 12 }), (one, other, length) => {
        const sent = (seed: number) => {
          const { body } = encodeFor(
            protocol,
            vendor,
            model,
            anthropicMessages.decodeRequest(messagesBody(length, coinOf(seed))),
          );
          return withoutMarks(body);
        };
        expect(sent(one)).toBe(sent(other));
      }),
      { numRuns: 20 },
    );
  },
);
