import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../model/chat-request.ts";
import { generic } from "../vendors/generic.ts";
import { encodeFor, fieldsFor, receiptsFor, requestOf } from "./__fixtures__/requests.ts";

const high = { mode: "auto", effort: "high" } as const;
const off = { mode: "off" } as const;

describe("thinking switch of each model family (T16)", () => {
  test.each<[string, string, ChatRequest["reasoning"], Record<string, unknown>, string[]]>([
    ["moonshot", "kimi-k2-thinking", high, {}, ["dropped reasoning.effort"]],
    ["moonshot", "kimi-k2-thinking", off, {}, ["dropped reasoning.mode"]],
    ["moonshot", "kimi-k2-0905-preview", high, {}, ["dropped reasoning"]],
    ["moonshot", "kimi-k2-0905-preview", off, {}, []],
    ["moonshot", "kimi-k2.5", high, { thinking: { type: "enabled" } }, ["dropped reasoning.effort"]],
    ["moonshot", "kimi-k2.5", undefined, {}, []],
    ["moonshot", "kimi-k2.6", high, { thinking: { type: "enabled", keep: "all" } }, ["dropped reasoning.effort"]],
    ["moonshot", "kimi-k2.6", off, { thinking: { type: "disabled" } }, []],
    ["moonshot", "kimi-k2.6", undefined, { thinking: { type: "enabled", keep: "all" } }, []],
    ["moonshot", "kimi-k2.7-code", off, {}, ["dropped reasoning.mode"]],
    ["moonshot", "kimi-k3", high, { reasoning_effort: "high" }, []],
    [
      "moonshot",
      "kimi-k3",
      { mode: "auto", effort: "medium" },
      { reasoning_effort: "high" },
      ["approximated reasoning.effort"],
    ],
    ["moonshot", "kimi-k3", off, {}, ["dropped reasoning.mode"]],
    [
      "deepseek",
      "deepseek-v4-pro",
      { mode: "auto", effort: "xhigh" },
      { thinking: { type: "enabled" }, reasoning_effort: "high" },
      ["approximated reasoning.effort"],
    ],
    ["deepseek", "deepseek-v4-pro", off, { thinking: { type: "disabled" } }, []],
    [
      "deepseek",
      "deepseek-v4-pro",
      { mode: "auto", effort: "max" },
      { thinking: { type: "enabled" }, reasoning_effort: "max" },
      [],
    ],
    ["zai", "glm-4.7", undefined, { thinking: { type: "enabled", clear_thinking: false } }, []],
    ["zai", "glm-4.7", off, { thinking: { type: "disabled" } }, []],
    [
      "zai",
      "glm-5.2",
      { mode: "auto", effort: "xhigh" },
      { thinking: { type: "enabled", clear_thinking: false }, reasoning_effort: "max" },
      ["approximated reasoning.effort"],
    ],
    [
      "zai",
      "glm-5.2",
      { mode: "auto", effort: "minimal" },
      { thinking: { type: "disabled" } },
      ["approximated reasoning.effort"],
    ],
    ["zai", "glm-5.3", off, { thinking: { type: "enabled", clear_thinking: false } }, ["dropped reasoning.mode"]],
    ["openai", "gpt-5.1", high, { reasoning_effort: "high" }, []],
    ["openai", "gpt-5.1", off, { reasoning_effort: "none" }, []],
    ["openai", "gpt-5-mini", off, {}, ["dropped reasoning.mode"]],
    [
      "openai",
      "gpt-5.5",
      { mode: "auto", effort: "max" },
      { reasoning_effort: "xhigh" },
      ["approximated reasoning.effort"],
    ],
    ["openai", "gpt-4o", high, {}, ["dropped reasoning"]],
    ["generic", "m", high, {}, ["dropped reasoning"]],
  ])("%s %s asked for %j", (vendor, model, reasoning, fields, receipts) => {
    expect(fieldsFor(vendor, model, { reasoning })).toEqual(fields);
    expect(receiptsFor(vendor, model, { reasoning })).toEqual(receipts);
  });

  test.each([
    [31_999, "high"],
    [20_000, "medium"],
    [10_000, "low"],
    [1024, "minimal"],
  ])("a budget of %i of 32000 tokens is %s", (budgetTokens, effort) => {
    const reasoning = { mode: "budget", budgetTokens } as const;
    expect(fieldsFor("openai", "gpt-5", { reasoning, maxOutputTokens: 32_000 })).toEqual({
      max_completion_tokens: 32_000,
      reasoning_effort: effort,
    });
    expect(receiptsFor("openai", "gpt-5", { reasoning, maxOutputTokens: 32_000 })).toEqual([
      "approximated reasoning.budget_tokens",
    ]);
  });

  test("a vLLM that switches by template arguments", () => {
    const profile = { ...generic, thinkingSwitch: "chat-template-kwargs" as const };
    expect(encodeFor("generic", "m", requestOf({ reasoning: off }), { profile }).body.chat_template_kwargs).toEqual({
      thinking: false,
    });
  });
});
