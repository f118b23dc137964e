import type { Knowledge } from "../knowledge.ts";
import { planRoute, type RouteQuestion } from "../plan-route.ts";
import type { RoutePlan } from "../route-plan.ts";
import { makeKnowledge } from "./make-question.ts";

/** Unix milliseconds at which tests begin. */
export const start = 1_800_000_000_000;

export function plan(question: RouteQuestion, knowledge: Knowledge = makeKnowledge(), now = start): RoutePlan {
  return planRoute(question, knowledge, now);
}

/** The providers in the order they would be tried. */
export function order(question: RouteQuestion, knowledge?: Knowledge, now?: number): string[] {
  return plan(question, knowledge, now).candidates.map(
    ({ endpoint, isRepeat }) => endpoint.provider + (isRepeat === true ? " again" : ""),
  );
}

/** Why each provider that is left out is. */
export function leftOut(question: RouteQuestion): Record<string, string> {
  return Object.fromEntries(
    plan(question).excluded.map(({ endpoint, field, reason }) => [endpoint.provider, `${field}: ${reason}`]),
  );
}
