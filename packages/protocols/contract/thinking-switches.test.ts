import { describe, expect, test } from "vitest";
import { anthropicMessages } from "../anthropic-messages/index.ts";
import type { ChatRequest, ReasoningRequest } from "../model/chat-request.ts";
import { openaiChat } from "../openai-chat/index.ts";
import type { Protocol } from "../protocol-contract.ts";
import { encodeFor, requestOf } from "./__fixtures__/requests.ts";

/** Every way in which clients ask for thoughts; the budgets are those of prompt suggestions, of a user and of Claude Code. */
const asks = {
  nothing: undefined,
  off: { mode: "off" },
  auto: { mode: "auto" },
  budget1: { mode: "budget", budgetTokens: 1 },
  budget500: { mode: "budget", budgetTokens: 500 },
  budget8000: { mode: "budget", budgetTokens: 8000 },
  budget31999: { mode: "budget", budgetTokens: 31_999 },
  none: { mode: "auto", effort: "none" },
  minimal: { mode: "auto", effort: "minimal" },
  low: { mode: "auto", effort: "low" },
  medium: { mode: "auto", effort: "medium" },
  high: { mode: "auto", effort: "high" },
  xhigh: { mode: "auto", effort: "xhigh" },
  max: { mode: "auto", effort: "max" },
} as const satisfies Record<string, ReasoningRequest | undefined>;

type Ask = keyof typeof asks;

/** The fields that speak of thinking, in any vendor's words. */
const thinkingFields: ReadonlySet<string> = new Set(
  (
    "thinking reasoning reasoning_effort enable_thinking thinking_budget chat_template_kwargs output_config " +
    "reasoning_format reasoning_split preserve_thinking prompt_mode"
  ).split(" "),
);

function sent(protocol: Protocol, vendor: string, model: string, ask: Ask): Record<string, unknown> {
  const over: Partial<ChatRequest> = { maxOutputTokens: 32_000 };
  if (asks[ask] !== undefined) over.reasoning = asks[ask];
  const { body } = encodeFor(protocol, vendor, model, requestOf(over));
  return Object.fromEntries(Object.entries(body).filter(([field]) => thinkingFields.has(field)));
}

/** What an ask becomes: the same for all that are not named. */
type Row = Partial<Record<Ask, object>> & { others: object };

const enabled = { thinking: { type: "enabled" } };
const disabled = { thinking: { type: "disabled" } };

function effort(word: string): object {
  return { reasoning_effort: word };
}

/** A switch by effort: the word for each, and what "off" and "as you like" are. */
function efforts(
  words: readonly [minimal: string, low: string, medium: string, high: string, xhigh: string, max: string],
  off: object,
  auto: object,
): Row {
  const [minimal, low, medium, high, xhigh, max] = words.map((word) => effort(word));
  return {
    others: {},
    off,
    none: off,
    auto,
    // 8,000 of 32,000 tokens is a quarter of the answer, 31,999 nearly all of it.
    budget1: minimal,
    budget500: minimal,
    budget8000: low,
    budget31999: high,
    minimal,
    low,
    medium,
    high,
    xhigh,
    max,
  };
}

function deepseekAt(word: string): object {
  return { ...enabled, ...effort(word) };
}

const kept = { thinking: { type: "enabled", clear_thinking: false } };
const glm = (word: string): object => ({ ...kept, ...effort(word) });

// As long as there are vendors: one table, so that a family's rows stand side by side.
const chat: ReadonlyArray<readonly [vendor: string, model: string, row: Row]> = [
  // Moonshot: thinking is part of the model, a switch, or an effort.
  ["moonshot", "kimi-k2-0905-preview", { others: {} }],
  ["moonshot", "kimi-k2-thinking", { others: {} }],
  ["moonshot", "kimi-k2.5", { others: enabled, nothing: {}, off: disabled, none: disabled }],
  ["moonshot", "kimi-k2.6", { others: { thinking: { type: "enabled", keep: "all" } }, off: disabled, none: disabled }],
  ["moonshot", "kimi-k2.7-code", { others: {} }],
  ["moonshot", "kimi-k3", efforts(["low", "low", "high", "high", "max", "max"], {}, {})],
  // An effort beside a thinking that is switched off is a 400 at DeepSeek.
  ["deepseek", "deepseek-chat", { others: {} }],
  ["deepseek", "deepseek-reasoner", { others: {} }],
  [
    "deepseek",
    "deepseek-v4-pro",
    {
      others: {},
      off: disabled,
      none: disabled,
      auto: enabled,
      budget1: deepseekAt("low"),
      budget500: deepseekAt("low"),
      budget8000: deepseekAt("low"),
      budget31999: deepseekAt("high"),
      minimal: deepseekAt("low"),
      low: deepseekAt("low"),
      medium: deepseekAt("high"),
      high: deepseekAt("high"),
      xhigh: deepseekAt("high"),
      max: deepseekAt("max"),
    },
  ],
  // musistudio/claude-code-router#436: GLM can be told not to think.
  ["zai", "glm-4-32b-0414-128k", { others: {} }],
  ["zai", "glm-4.5", { others: enabled, nothing: {}, off: disabled, none: disabled }],
  ["zai", "glm-4.6", { others: enabled, nothing: {}, off: disabled, none: disabled }],
  ["zai", "glm-4.7", { others: kept, off: disabled, none: disabled }],
  ["zai", "glm-5.1", { others: kept, off: disabled, none: disabled }],
  [
    "zai",
    "glm-5.2",
    {
      others: kept,
      off: disabled,
      none: disabled,
      minimal: disabled,
      // A small budget is no wish not to think.
      budget1: glm("high"),
      budget500: glm("high"),
      budget8000: glm("high"),
      budget31999: glm("high"),
      low: glm("high"),
      medium: glm("high"),
      high: glm("high"),
      xhigh: glm("max"),
      max: glm("max"),
    },
  ],
  [
    "zai",
    "glm-5.3",
    {
      others: kept,
      minimal: glm("low"),
      budget1: glm("low"),
      budget500: glm("low"),
      budget8000: glm("low"),
      budget31999: glm("high"),
      low: glm("low"),
      medium: glm("high"),
      high: glm("high"),
      xhigh: glm("max"),
      max: glm("max"),
    },
  ],
  ["minimax", "MiniMax-M2.7", { others: { reasoning_split: true } }],
  [
    "minimax",
    "MiniMax-M3",
    {
      others: { reasoning_split: true, thinking: { type: "adaptive" } },
      nothing: { reasoning_split: true },
      off: { reasoning_split: true, ...disabled },
      none: { reasoning_split: true, ...disabled },
    },
  ],
  ["qwen", "qwen3-coder-plus", { others: {} }],
  ["qwen", "qwq-plus", { others: {} }],
  [
    "qwen",
    "qwen-plus",
    {
      others: { enable_thinking: true },
      nothing: {},
      off: { enable_thinking: false },
      none: { enable_thinking: false },
      budget1: { enable_thinking: true, thinking_budget: 1 },
      budget500: { enable_thinking: true, thinking_budget: 500 },
      budget8000: { enable_thinking: true, thinking_budget: 8000 },
      budget31999: { enable_thinking: true, thinking_budget: 31_999 },
    },
  ],
  ["openai", "gpt-4o", { others: {} }],
  ["openai", "o4-mini", efforts(["low", "low", "medium", "high", "high", "high"], {}, {})],
  ["openai", "gpt-5-mini", efforts(["minimal", "low", "medium", "high", "high", "high"], {}, {})],
  ["openai", "gpt-5.1", efforts(["low", "low", "medium", "high", "high", "high"], effort("none"), effort("medium"))],
  ["openai", "gpt-5.5", efforts(["low", "low", "medium", "high", "xhigh", "xhigh"], effort("none"), effort("medium"))],
  [
    "openai",
    "gpt-5.6-sol",
    efforts(["low", "low", "medium", "high", "xhigh", "max"], effort("none"), effort("medium")),
  ],
  ["openai", "gpt-6-luna", efforts(["low", "low", "medium", "high", "xhigh", "max"], effort("none"), effort("medium"))],
  ["openai", "gpt-6-astra", efforts(["low", "low", "medium", "high", "xhigh", "max"], {}, {})],
  ["xai", "grok-3", { others: {} }],
  ["xai", "grok-3-mini", efforts(["low", "low", "low", "high", "high", "high"], {}, {})],
  ["xai", "grok-4", { others: {} }],
  ["xai", "grok-4.20-0309-reasoning", { others: {} }],
  ["xai", "grok-4.20-0309-non-reasoning", { others: {} }],
  ["xai", "grok-4.3", efforts(["low", "low", "medium", "high", "high", "high"], effort("none"), effort("medium"))],
  ["mistral", "mistral-large-2512", { others: {} }],
  ["mistral", "magistral-medium-latest", { others: { prompt_mode: "reasoning" } }],
  [
    "mistral",
    "mistral-small-latest",
    efforts(["high", "high", "high", "high", "high", "high"], effort("none"), effort("high")),
  ],
  [
    "mistral",
    "mistral-large-4-0",
    efforts(["low", "low", "medium", "high", "high", "high"], effort("none"), effort("medium")),
  ],
  ["groq", "llama-3.3-70b-versatile", { others: {} }],
  ["groq", "openai/gpt-oss-120b", efforts(["low", "low", "medium", "high", "high", "high"], {}, {})],
  [
    "groq",
    "qwen/qwen3-32b",
    {
      others: { reasoning_format: "parsed", reasoning_effort: "default" },
      nothing: { reasoning_format: "parsed" },
      off: { reasoning_format: "parsed", reasoning_effort: "none" },
      none: { reasoning_format: "parsed", reasoning_effort: "none" },
    },
  ],
  ["together", "meta-llama/Llama-3.3-70B-Instruct-Turbo", { others: {} }],
  ["together", "moonshotai/Kimi-K2-Thinking", { others: {} }],
  [
    "together",
    "zai-org/GLM-5",
    {
      others: { reasoning: { enabled: true } },
      nothing: {},
      off: { reasoning: { enabled: false } },
      none: { reasoning: { enabled: false } },
    },
  ],
  ["together", "openai/gpt-oss-120b", efforts(["low", "low", "medium", "high", "high", "high"], {}, {})],
  ["together", "zai-org/GLM-5.3", efforts(["low", "low", "medium", "high", "max", "max"], {}, {})],
  ["fireworks", "accounts/fireworks/models/llama-v3p3-70b-instruct", { others: {} }],
  [
    "fireworks",
    "accounts/fireworks/models/kimi-k2-thinking",
    efforts(["low", "low", "medium", "high", "high", "high"], {}, {}),
  ],
  [
    "fireworks",
    "accounts/fireworks/models/kimi-k2p5",
    efforts(["low", "low", "medium", "high", "high", "high"], effort("none"), effort("medium")),
  ],
  [
    "fireworks",
    "accounts/fireworks/models/glm-5",
    efforts(["high", "high", "high", "high", "max", "max"], effort("none"), effort("high")),
  ],
  [
    "openrouter",
    "anthropic/claude-sonnet-4.5",
    {
      others: {},
      off: { reasoning: { enabled: false } },
      none: { reasoning: { enabled: false } },
      auto: { reasoning: { enabled: true } },
      // maximhq/bifrost#1479: the least that Anthropic takes is 1,024.
      budget1: { reasoning: { max_tokens: 1024 } },
      budget500: { reasoning: { max_tokens: 1024 } },
      budget8000: { reasoning: { max_tokens: 8000 } },
      budget31999: { reasoning: { max_tokens: 31_999 } },
      minimal: { reasoning: { effort: "minimal" } },
      low: { reasoning: { effort: "low" } },
      medium: { reasoning: { effort: "medium" } },
      high: { reasoning: { effort: "high" } },
      xhigh: { reasoning: { effort: "xhigh" } },
      max: { reasoning: { effort: "max" } },
    },
  ],
  [
    "vllm",
    "Qwen/Qwen3-32B",
    {
      others: { chat_template_kwargs: { enable_thinking: true } },
      nothing: {},
      off: { chat_template_kwargs: { enable_thinking: false } },
      none: { chat_template_kwargs: { enable_thinking: false } },
    },
  ],
  [
    "vllm",
    "deepseek-ai/DeepSeek-V3.1",
    {
      others: { chat_template_kwargs: { thinking: true } },
      nothing: {},
      off: { chat_template_kwargs: { thinking: false } },
      none: { chat_template_kwargs: { thinking: false } },
    },
  ],
  ["ollama", "qwen3:8b", { others: {}, off: effort("none"), none: effort("none") }],
  ["ollama", "gpt-oss:20b", efforts(["low", "low", "medium", "high", "high", "high"], {}, {})],
  [
    "llamacpp",
    "qwen3-8b.gguf",
    {
      others: { chat_template_kwargs: { enable_thinking: true } },
      nothing: {},
      off: { chat_template_kwargs: { enable_thinking: false } },
      none: { chat_template_kwargs: { enable_thinking: false } },
    },
  ],
  ["generic", "anything", { others: {} }],
];

const budgeted = (budget: number): object => ({ thinking: { type: "enabled", budget_tokens: budget } });
const adaptive = { thinking: { type: "adaptive" } };

const messages: ReadonlyArray<readonly [vendor: string, model: string, row: Row]> = [
  ["anthropic", "claude-3-5-haiku-latest", { others: {} }],
  // anthropics/claude-code#55211: a model that knows budgets only fails on `adaptive`.
  [
    "anthropic",
    "claude-haiku-4-5",
    {
      others: budgeted(10_000),
      nothing: {},
      off: disabled,
      none: disabled,
      budget1: budgeted(1024),
      budget500: budgeted(1024),
      budget8000: budgeted(8000),
      budget31999: budgeted(31_999),
      minimal: budgeted(1024),
      low: budgeted(4096),
      high: budgeted(20_000),
      xhigh: budgeted(31_999),
      max: budgeted(31_999),
    },
  ],
  [
    "anthropic",
    "claude-opus-4-8",
    {
      others: adaptive,
      nothing: {},
      off: disabled,
      none: disabled,
      minimal: { ...adaptive, output_config: { effort: "low" } },
      low: { ...adaptive, output_config: { effort: "low" } },
      medium: { ...adaptive, output_config: { effort: "medium" } },
      high: { ...adaptive, output_config: { effort: "high" } },
      xhigh: { ...adaptive, output_config: { effort: "xhigh" } },
      max: { ...adaptive, output_config: { effort: "max" } },
    },
  ],
  // Endpoints that only resemble Anthropic's are told what Claude Code itself would tell them.
  ["zai", "glm-4.7", resembling(["low", "low", "medium", "high", "xhigh", "max"])],
  ["moonshot", "kimi-k2.6", resembling(["low", "low", "medium", "high", "xhigh", "max"])],
  ["minimax", "MiniMax-M3", resembling(["low", "low", "medium", "high", "xhigh", "max"])],
  ["deepseek", "deepseek-v4-pro", resembling(["low", "low", "high", "high", "high", "max"])],
  ["moonshot", "kimi-k3", { ...resembling(["low", "low", "high", "high", "max", "max"]), off: {}, none: {} }],
];

function resembling(words: readonly string[]): Row {
  const [minimal, low, medium, high, xhigh, max] = words.map((word) => ({
    ...adaptive,
    output_config: { effort: word },
  }));
  return {
    others: adaptive,
    nothing: {},
    off: disabled,
    none: disabled,
    budget1: budgeted(1024),
    budget500: budgeted(1024),
    budget8000: budgeted(8000),
    budget31999: budgeted(31_999),
    minimal,
    low,
    medium,
    high,
    xhigh,
    max,
  };
}

test("MiniMax takes no temperature of 0 in Messages either", () => {
  const { body } = encodeFor(anthropicMessages, "minimax", "MiniMax-M2.5", requestOf({ sampling: { temperature: 0 } }));
  expect(body.temperature).toBe(0.01);
});

const askNames = Object.keys(asks) as Ask[];

describe.each([
  ["chat", openaiChat, chat],
  ["Messages", anthropicMessages, messages],
] as const)("what is said of thinking in %s (T16)", (_, protocol, rows) => {
  test.each(rows)("%s %s", (vendor, model, { others, ...named }) => {
    for (const ask of askNames) {
      expect([ask, sent(protocol, vendor, model, ask)]).toEqual([ask, named[ask] ?? others]);
    }
  });
});
