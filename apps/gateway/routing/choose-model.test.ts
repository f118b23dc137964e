import { buildCatalogue, type Model } from "@onerouter/catalog";
import { generic } from "@onerouter/protocols/vendors/generic";
import { describe, expect, test } from "vitest";
import { chooseModel, readTraits, type TaskTraits } from "./choose-model.ts";
import { makeKnowledge, plainNeeds } from "./testing/make-question.ts";

/* The task traits for which Kimi K2 Thinking is the better choice: long agentic work, large contexts, tight budgets, reasoning. */

const offers = {
  "moonshotai/kimi-k2-thinking": { pricing: { prompt: 0.6, completion: 2.5 }, context_length: 262_144 },
  "openai/gpt-5": { pricing: { prompt: 1.25, completion: 10 }, context_length: 400_000 },
  "anthropic/claude-sonnet-4.5": { pricing: { prompt: 3, completion: 15 }, context_length: 200_000 },
  "moonshotai/kimi-k2-0905": { pricing: { prompt: 0.5, completion: 2 }, context_length: 262_144 },
  "deepseek/deepseek-v3.2": { pricing: { prompt: 0.28, completion: 0.42 }, context_length: 128_000 },
  "nobody/knows": { pricing: { prompt: 0.01, completion: 0.01 }, context_length: 1_000_000 },
};
const provider = { protocol: "openai-chat", base_url: "http://127.0.0.1:9/v1", models: offers } as const;
const catalogue = buildCatalogue({ p: provider }, {});

const plain: TaskTraits = { agentic: false, largeContext: false, reasoning: false, costSensitive: false };

function choose(traits: Partial<TaskTraits>, promptTokens = 1_000, models: readonly Model[] = catalogue.models()) {
  const question = {
    access: () => ({ apiKeys: ["key"], profile: () => generic }),
    wishes: {},
    needs: { ...plainNeeds, promptBytes: promptTokens * 4, tools: traits.agentic === true },
  };
  return chooseModel(models, { ...plain, ...traits }, question, makeKnowledge(), 1);
}

describe("of the models near the best for the task the cheapest is chosen", () => {
  test.each<[Partial<TaskTraits>, number, string]>([
    [{ agentic: true }, 1_000, "moonshotai/kimi-k2-thinking"],
    [{ agentic: true, largeContext: true }, 230_000, "moonshotai/kimi-k2-thinking"],
    [{ agentic: true, largeContext: true }, 300_000, "openai/gpt-5"],
    [{ reasoning: true }, 1_000, "moonshotai/kimi-k2-thinking"],
    [{ reasoning: true, costSensitive: true }, 1_000, "deepseek/deepseek-v3.2"],
    [{}, 1_000, "deepseek/deepseek-v3.2"],
  ])("%j, %i tokens: %s", (traits, promptTokens, expected) => {
    expect(choose(traits, promptTokens)?.models[0].id).toBe(expected);
  });
});

test("others follow as fallbacks, and the choice is explained", () => {
  const choice = choose({ agentic: true, largeContext: true });
  expect(choice?.models).toHaveLength(3);
  expect(choice?.explanation).toMatch(
    /^auto: a task of many steps with tools, a large context; moonshotai\/kimi-k2-thinking has \d+ % of the best results in coding and agentic-search and costs least of \d$/,
  );
});

test("it is bounded by the models given, and chooses none where none can serve the request", () => {
  const only = catalogue.models().filter(({ id }) => id.startsWith("anthropic/"));
  expect(choose({ agentic: true }, 1_000, only)?.models.map(({ id }) => id)).toEqual(["anthropic/claude-sonnet-4.5"]);
  expect(choose({}, 900_000, only)).toBeUndefined();
});

test("what a conversation will cost counts, not its first turn alone: a cache that is cheap to read", () => {
  const models = {
    "a/cached": { pricing: { prompt: 1, completion: 1, cache_read: 0.1 } },
    "a/plain": { pricing: { prompt: 0.9, completion: 1 } },
  };
  const own = buildCatalogue({ p: { ...provider, models } }, {}).models();
  expect(choose({ agentic: true }, 50_000, own)?.models[0].id).toBe("a/cached");
  expect(choose({}, 50_000, own)?.models[0].id).toBe("a/plain");
});

test("a model that is known to be unable is chosen only where all are", () => {
  const models = {
    "a/mute": { pricing: { prompt: 0.1, completion: 0.1 }, tool_call: false },
    "a/handy": { pricing: { prompt: 9, completion: 9 } },
  };
  const own = buildCatalogue({ p: { ...provider, models } }, {}).models();
  const chosen = (tools: boolean, among = own) => choose({ agentic: tools }, 100, among)?.models.map(({ id }) => id);
  expect(chosen(false)).toEqual(["a/mute", "a/handy"]);
  expect(chosen(true)).toEqual(["a/handy"]);
  expect(
    chosen(
      true,
      own.filter(({ id }) => id === "a/mute"),
    ),
  ).toEqual(["a/mute"]);
});

test("traits are read from the request", () => {
  expect(readTraits({ ...plainNeeds, tools: true }, { sort: "price" }, 70_000, false)).toEqual({
    agentic: true,
    largeContext: true,
    reasoning: false,
    costSensitive: true,
  });
  expect(readTraits(plainNeeds, {}, 10, true)).toEqual({ ...plain, reasoning: true });
});
