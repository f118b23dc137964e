import { benchmarkScores, contextLengthOf, type BenchmarkCategory, type Model } from "@onerouter/catalog";
import { findIncapacity } from "./filter-endpoint.ts";
import type { Knowledge } from "./knowledge.ts";
import { planRoute, type RouteQuestion } from "./plan-route.ts";
import type { RoutePlan } from "./route-plan.ts";
import type { RoutingWishes } from "./routing-wishes.ts";

/** The name that leaves the choice of a model to the gateway. */
export const autoModel = "onerouter/auto";

/** What is asked, as far as it says which kind of model would do. */
export interface TaskTraits {
  /** It has tools: many steps, each building on the last. */
  agentic: boolean;
  /** More than most models' prompts hold. */
  largeContext: boolean;
  /** Thinking was asked for. */
  reasoning: boolean;
  /** Price was named among the wishes. */
  costSensitive: boolean;
}

/** Tokens from which on a prompt counts as large: half of the windows of 128 000 that most models have. */
const largePrompt = 64_000;

export function readTraits(
  { tools }: RouteQuestion["needs"],
  wishes: RoutingWishes,
  promptTokens: number,
  reasoning: boolean,
): TaskTraits {
  return {
    agentic: tools,
    largeContext: promptTokens >= largePrompt,
    reasoning,
    costSensitive: wishes.sort === "price" || wishes.maxPrice !== undefined || wishes.free === true,
  };
}

/** Of models this near to the best one for the task the cheapest is taken. */
const tolerance = 0.12;
const toleranceOfTheThrifty = 0.3;
/** A model nobody has published results of; known ones of the field are better than that. */
const unknownQuality = 0.4;
/** The one chosen, and those to fall back on. */
const mostModels = 3;

export interface ModelChoice extends Pick<RouteQuestion, "models" | "suffixes"> {
  explanation: string;
}

/**
 * Chooses a model for a task: of those that can serve it and whose published results come near the best for its kind, the one
 * whose answers are expected to cost least; the others follow as fallbacks.
 *
 * @param models those that the key may use; the question's suffixes are theirs
 * @returns undefined if none of them can serve the request
 */
export function chooseModel(
  models: readonly Model[],
  traits: TaskTraits,
  question: Omit<RouteQuestion, "models">,
  knowledge: Knowledge,
  now: number,
): ModelChoice | undefined {
  const categories = categoriesOf(traits);
  const fitting = models.flatMap((model, at) => {
    const suffixes = question.suffixes?.[at] ?? [];
    const plan = planRoute({ ...question, models: [model], suffixes: [suffixes] }, knowledge, now);
    if (!fits(model, plan, question.needs.maxOutputTokens ?? 0)) return [];
    return [{ model, suffixes, cost: costOf(plan), isAble: isAble(model, plan, question, knowledge) }];
  });
  // Where no model seems able, what we know may be wrong, as among endpoints.
  const able = fitting.some((one) => one.isAble) ? fitting.filter((one) => one.isAble) : fitting;
  const scores = scoreModels(
    able.map(({ model }) => model.id),
    categories,
  );
  const ranked = able.map((one) => ({ ...one, quality: scores.get(one.model.id) ?? unknownQuality }));
  const best = Math.max(0, ...ranked.map(({ quality }) => quality));
  const least = best * (1 - (traits.costSensitive ? toleranceOfTheThrifty : tolerance));
  ranked.sort(
    (a, b) =>
      Number(b.quality >= least) - Number(a.quality >= least) ||
      (a.quality >= least ? a.cost - b.cost || b.quality - a.quality : b.quality - a.quality || a.cost - b.cost),
  );
  const [first, ...rest] = ranked.slice(0, mostModels);
  if (first === undefined) return undefined;
  const near = ranked.filter(({ quality }) => quality >= least).length;
  return {
    models: [first.model, ...rest.map(({ model }) => model)],
    suffixes: [first, ...rest].map(({ suffixes }) => suffixes),
    explanation: `auto: ${describeTask(traits)}; ${first.model.id} has ${percent(first.quality / best)} of the best results in ${categories.join(" and ")} and costs least of ${near}`,
  };
}

function categoriesOf({ agentic, reasoning }: TaskTraits): BenchmarkCategory[] {
  if (agentic) return ["coding", "agentic-search"];
  return reasoning ? ["reasoning"] : ["general"];
}

/** By our estimate, where it is known what fits. */
function fits(model: Model, { candidates, promptTokens }: RoutePlan, output: number): boolean {
  if (candidates.length === 0) return false;
  const contextLength = contextLengthOf(model);
  return contextLength === undefined || promptTokens + output <= contextLength;
}

/** An endpoint that is not is left out of the plan if another one is: so the first one tells of all. */
function isAble(
  model: Model,
  { candidates: [first], promptTokens }: RoutePlan,
  { access, needs }: Pick<RouteQuestion, "access" | "needs">,
  knowledge: Knowledge,
): boolean {
  const prepared = knowledge.prepare(model, access).find(({ endpoint }) => endpoint === first?.endpoint);
  return prepared !== undefined && findIncapacity(prepared, needs, promptTokens) === undefined;
}

/** On average over the turns that will follow, failures included. Unpriced ones are dearer than any. */
function costOf({ candidates: [first] }: RoutePlan): number {
  return first?.index ?? Number.MAX_VALUE;
}

/** Of each model the mean of its results, each as a share of the best one among these models. */
function scoreModels(ids: readonly string[], categories: readonly BenchmarkCategory[]): Map<string, number> {
  const results = new Map<string, Map<string, number>>();
  for (const id of ids) {
    for (const { category, benchmark, setting, score } of benchmarkScores.get(id) ?? []) {
      if (!categories.includes(category)) continue;
      const name = `${benchmark}\n${setting}`;
      const byModel = results.get(name) ?? new Map<string, number>();
      results.set(name, byModel.set(id, score));
    }
  }
  const shares = new Map<string, number[]>();
  for (const byModel of results.values()) {
    const best = Math.max(...byModel.values());
    if (best <= 0) continue;
    for (const [id, score] of byModel) shares.set(id, [...(shares.get(id) ?? []), score / best]);
  }
  return new Map([...shares].map(([id, list]) => [id, list.reduce((sum, share) => sum + share, 0) / list.length]));
}

function describeTask({ agentic, largeContext, reasoning, costSensitive }: TaskTraits): string {
  const words = [
    ...(agentic ? ["a task of many steps with tools"] : reasoning ? ["a question to think about"] : ["a question"]),
    ...(largeContext ? ["a large context"] : []),
    ...(costSensitive ? ["a tight budget"] : []),
  ];
  return words.join(", ");
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
