import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../model/chat-request.ts";
import {
  assistant,
  call,
  encodeFor,
  requestOf,
  result,
  sealed,
  text,
  thought,
  toolOf,
  user,
} from "./__fixtures__/requests.ts";

type Reasoning = ChatRequest["reasoning"];

function thinkingFor(
  vendor: string,
  model: string,
  over: Partial<ChatRequest>,
): { fields: unknown; receipts: string[] } {
  const { body, receipts } = encodeFor(vendor, model, requestOf(over));
  return { fields: { thinking: body.thinking, output_config: body.output_config }, receipts };
}

const adaptive = { mode: "auto", effort: "high" } as const;
const budget = { mode: "budget", budgetTokens: 31_999 } as const;
const off = { mode: "off" } as const;
const enabled = (budget_tokens: number) => ({ type: "enabled", budget_tokens });

describe("thinking switch of each model family (anthropics/claude-code#55211, maximhq/bifrost#1479, T16)", () => {
  test.each<[string, string, Reasoning, unknown, unknown, string[]]>([
    [
      "anthropic",
      "claude-3-5-haiku-20241022",
      adaptive,
      undefined,
      undefined,
      ["dropped output_config.effort", "dropped thinking"],
    ],
    ["anthropic", "claude-3-5-haiku-20241022", off, undefined, undefined, []],
    ["anthropic", "claude-3-7-sonnet-20250219", budget, enabled(31_999), undefined, []],
    [
      "anthropic",
      "claude-sonnet-4-20250514",
      adaptive,
      enabled(20_000),
      undefined,
      ["dropped output_config.effort", "approximated thinking"],
    ],
    ["anthropic", "claude-sonnet-4-5-20250929", budget, enabled(31_999), undefined, []],
    ["anthropic", "claude-haiku-4-5", off, { type: "disabled" }, undefined, []],
    [
      "anthropic",
      "claude-opus-4-5",
      { mode: "auto", effort: "max" },
      enabled(31_999),
      { effort: "high" },
      ["approximated output_config.effort", "approximated thinking"],
    ],
    ["anthropic", "claude-opus-4-6", adaptive, { type: "adaptive" }, { effort: "high" }, []],
    ["anthropic", "claude-opus-4-6", budget, enabled(31_999), undefined, []],
    [
      "anthropic",
      "claude-sonnet-4-6",
      { mode: "auto", effort: "xhigh" },
      { type: "adaptive" },
      { effort: "high" },
      ["approximated output_config.effort"],
    ],
    ["anthropic", "claude-opus-4-7", budget, { type: "adaptive" }, undefined, ["approximated thinking.budget_tokens"]],
    ["anthropic", "claude-opus-4-8", { mode: "auto", effort: "max" }, { type: "adaptive" }, { effort: "max" }, []],
    ["anthropic", "claude-fable-5", adaptive, { type: "adaptive" }, { effort: "high" }, []],
    ["anthropic", "claude-next", adaptive, { type: "adaptive" }, { effort: "high" }, []],
    ["moonshot", "kimi-k2-thinking", adaptive, { type: "adaptive" }, { effort: "high" }, []],
    ["moonshot", "kimi-k2-thinking", off, undefined, undefined, ["dropped thinking"]],
    ["moonshot", "kimi-k2.6", off, { type: "disabled" }, undefined, []],
    [
      "deepseek",
      "deepseek-v4-pro",
      { mode: "auto", effort: "medium" },
      { type: "adaptive" },
      { effort: "high" },
      ["approximated output_config.effort"],
    ],
    ["deepseek", "deepseek-v4-pro", off, { type: "disabled" }, undefined, []],
    ["zai", "glm-5.3", off, undefined, undefined, ["dropped thinking"]],
    ["zai", "glm-4.7", budget, enabled(31_999), undefined, []],
    ["generic", "m", undefined, undefined, undefined, []],
    ["generic", "m", { mode: "auto", effort: "none" }, { type: "disabled" }, undefined, []],
  ])("%s %s asked for %j", (vendor, model, reasoning, thinking, config, receipts) => {
    const sent = thinkingFor(vendor, model, { reasoning });
    expect(sent.fields).toEqual({ thinking, output_config: config });
    expect(sent.receipts).toEqual(receipts);
  });
});

test.each<[number, number, unknown, string[]]>([
  [100, 32_000, enabled(1024), ["approximated thinking.budget_tokens"]],
  [31_999, 4000, enabled(3999), ["approximated thinking.budget_tokens"]],
  [2000, 1024, undefined, ["dropped thinking"]],
])("a budget of %i in an answer of %i tokens", (budgetTokens, maxOutputTokens, thinking, receipts) => {
  const sent = thinkingFor("anthropic", "claude-sonnet-4-5", {
    maxOutputTokens,
    reasoning: { mode: "budget", budgetTokens },
  });
  expect(sent).toEqual({ fields: { thinking, output_config: undefined }, receipts });
});

test.each([
  ["none", 1024],
  ["minimal", 1024],
  ["low", 4096],
  ["medium", 10_000],
  ["high", 20_000],
  ["xhigh", 31_999],
  ["max", 31_999],
] as const)("the effort %s is a budget of %i where the model is told tokens", (effort, tokens) => {
  const { fields } = thinkingFor("anthropic", "claude-3-7-sonnet", { reasoning: { mode: "auto", effort } });
  expect(fields).toMatchObject({ thinking: effort === "none" ? { type: "disabled" } : enabled(tokens) });
});

test("an effort alone does not ask for thoughts", () => {
  const reasoning = { mode: "auto", effort: "low", effortOnly: true } as const;
  expect(thinkingFor("anthropic", "claude-opus-4-8", { reasoning }).fields).toEqual({
    thinking: undefined,
    output_config: { effort: "low" },
  });
});

test.each([
  ["omitted", "omitted"],
  ["updates", "updates"],
  ["detailed", "summarized"],
])("display %s is %s", (display, sent) => {
  expect(thinkingFor("anthropic", "claude-opus-4-8", { reasoning: { mode: "auto", display } }).fields).toMatchObject({
    thinking: { type: "adaptive", display: sent },
  });
});

test("what a newer client adds to thinking goes to Anthropic only", () => {
  const over: Partial<ChatRequest> = {
    reasoning: { mode: "auto" },
    extensions: { "anthropic-messages": { thinking: { pace: "slow" } } },
  };
  expect(thinkingFor("anthropic", "claude-opus-4-8", over).fields).toMatchObject({
    thinking: { type: "adaptive", pace: "slow" },
  });
  expect(thinkingFor("moonshot", "kimi-k2.6", over).fields).toEqual({
    thinking: { type: "adaptive" },
    output_config: undefined,
  });
});

describe("a model that is made to call a tool", () => {
  const forced: Partial<ChatRequest> = { tools: [toolOf("a")], toolChoice: { type: "required" } };

  test.each<[string, Reasoning, unknown, string[]]>([
    ["claude-sonnet-4-5", budget, undefined, ["dropped thinking"]],
    ["claude-sonnet-4-6", budget, { type: "adaptive" }, ["approximated thinking.budget_tokens"]],
    ["claude-opus-4-8", adaptive, { type: "adaptive" }, []],
    ["claude-haiku-5-5", adaptive, { type: "adaptive" }, []],
  ])("%s cannot have a budget to think before", (model, reasoning, thinking, receipts) => {
    expect(thinkingFor("anthropic", model, { ...forced, reasoning })).toMatchObject({ fields: { thinking }, receipts });
  });

  test.each(["claude-fable-5-1", "claude-opus-5.5", "claude-sonnet-5-5-20261001", "claude-mythos-preview"])(
    "is asked to call one, where it is %s",
    (model) => {
      const { body, receipts } = encodeFor("anthropic", model, requestOf(forced));
      expect(body.tool_choice).toEqual({ type: "auto" });
      expect(receipts).toEqual(["approximated tool_choice"]);
    },
  );

  test.each(["claude-fable-5", "claude-opus-5", "claude-sonnet-5-20260801", "claude-haiku-5-5"])(
    "may be %s",
    (model) => {
      const { body, receipts } = encodeFor("anthropic", model, requestOf(forced));
      expect(body.tool_choice).toEqual({ type: "any" });
      expect(receipts).toEqual([]);
    },
  );
});

describe("a model that is not to think", () => {
  test.each<[string, Reasoning, unknown, string | undefined, string[]]>([
    ["claude-opus-4-8", { mode: "off", effort: "max" }, { type: "disabled" }, "max", []],
    ["claude-opus-5", off, { type: "disabled" }, undefined, []],
    [
      "claude-opus-5",
      { mode: "off", effort: "xhigh" },
      { type: "disabled" },
      "high",
      ["approximated output_config.effort"],
    ],
    ["claude-sonnet-5", { mode: "off", effort: "max" }, { type: "disabled" }, "max", []],
    ["claude-haiku-5-5", { mode: "off", effort: "high" }, { type: "disabled" }, "high", []],
    ["claude-sonnet-5-5", off, { type: "between_tools" }, undefined, []],
    ["claude-opus-5-5", { mode: "off", effort: "max" }, undefined, "max", ["dropped thinking"]],
    ["claude-fable-5", off, undefined, undefined, ["dropped thinking"]],
    ["claude-next", off, undefined, undefined, ["dropped thinking"]],
  ])("%s told %j", (model, reasoning, thinking, effort, receipts) => {
    const output_config = effort === undefined ? undefined : { effort };
    expect(thinkingFor("anthropic", model, { reasoning })).toEqual({ fields: { thinking, output_config }, receipts });
  });
});

describe("an open tool call whose thought is gone", () => {
  const open = (...before: Parameters<typeof assistant>) => [
    user(text("go")),
    assistant(...before, call("toolu_1")),
    user(result("toolu_1", "ok")),
  ];

  test("refuses a budget at Anthropic, so that none is asked for", () => {
    for (const messages of [open(), open(thought("foreign", "sig")), open(sealed("a", "sig", "another/origin"))]) {
      expect(
        thinkingFor("anthropic", "claude-sonnet-4-5", { messages, reasoning: budget, tools: [toolOf("Bash")] }).fields,
      ).toMatchObject({ thinking: undefined });
    }
    const kept = thinkingFor("anthropic", "claude-sonnet-4-5", {
      messages: open(sealed("a", "sig")),
      reasoning: budget,
      tools: [toolOf("Bash")],
    });
    expect(kept.fields).toMatchObject({ thinking: enabled(31_999) });
  });

  test("is none where its turn began with a thought: models that do not interleave think once, before the first call", () => {
    const messages = [...open(sealed("a", "sig")), assistant(call("toolu_2")), user(result("toolu_2", "ok"))];
    const tools = [toolOf("Bash")];
    expect(thinkingFor("anthropic", "claude-sonnet-4-5", { messages, reasoning: budget, tools })).toMatchObject({
      fields: { thinking: enabled(31_999) },
      receipts: [],
    });
    const foreign = [...open(thought("foreign", "sig")), assistant(call("toolu_2")), user(result("toolu_2", "ok"))];
    expect(
      thinkingFor("anthropic", "claude-sonnet-4-5", { messages: foreign, reasoning: budget, tools }).fields,
    ).toMatchObject({ thinking: undefined });
    const another = [...messages, assistant(text("done")), user(text("more")), ...open().slice(1)];
    expect(
      thinkingFor("anthropic", "claude-sonnet-4-5", { messages: another, reasoning: budget, tools }).fields,
    ).toMatchObject({ thinking: undefined });
  });

  test("lets Claude 4.6 think without a budget", () => {
    expect(thinkingFor("anthropic", "claude-opus-4-6", { messages: open(), reasoning: budget })).toEqual({
      fields: { thinking: { type: "adaptive" }, output_config: undefined },
      receipts: ["approximated thinking.budget_tokens"],
    });
  });

  test("is nothing to an adaptive model, and nothing once the model has answered", () => {
    expect(thinkingFor("anthropic", "claude-opus-4-8", { messages: open(), reasoning: adaptive }).fields).toMatchObject(
      { thinking: { type: "adaptive" } },
    );
    const answered = [...open(), assistant(text("done")), user(text("more"))];
    expect(
      thinkingFor("anthropic", "claude-sonnet-4-5", { messages: answered, reasoning: budget }).fields,
    ).toMatchObject({ thinking: enabled(31_999) });
  });
});
