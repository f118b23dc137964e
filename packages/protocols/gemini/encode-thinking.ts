import type { ChatRequest, ReasoningEffort, ReasoningRequest } from "../model/chat-request.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { effortOfBudget } from "../reasoning/effort-of-budget.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import type { WireObject } from "../wire/json-object.ts";

/** Tokens for each effort, as Google's own endpoint for chat clients has them; beyond `high` is all that the model takes. */
const budgets: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: Number.POSITIVE_INFINITY,
  max: Number.POSITIVE_INFINITY,
};

/** Writes `thinkingConfig` (https://ai.google.dev/gemini-api/docs/thinking): levels for Gemini 3 and later, tokens before. */
export function encodeThinking(
  request: ChatRequest,
  profile: VendorProfile,
  target: EncodeTarget,
): WireObject | undefined {
  const { receipt } = target;
  const wanted = request.reasoning;
  if (wanted === undefined) return undefined;
  const { thinkingMeasure: measure } = profile;
  const off = wanted.mode === "off" || (wanted.mode === "auto" && wanted.effort === "none");
  if (measure === "none") {
    if (!off) receipt.note("dropped", "reasoning", "this model does not think");
    return undefined;
  }
  noteSecondMeasure(wanted, off, measure === "level", target);
  const config: WireObject = {};
  if (!off) config.includeThoughts = wanted.display !== "omitted";
  if (measure === undefined) passOn(config, request, off);
  else if (measure === "level") addLevel(config, request, profile, target, off);
  else addBudget(config, request, profile, target, measure, off);
  return config;
}

/** One measure is told, and none to a model that shall not think. */
function noteSecondMeasure(
  { effort, budgetTokens }: ReasoningRequest,
  off: boolean,
  inLevels: boolean,
  { receipt }: EncodeTarget,
): void {
  if (effort === undefined || effort === "none") return;
  if (off) receipt.note("dropped", "reasoning.effort", "there is nothing to measure without thoughts");
  else if (budgetTokens !== undefined) {
    const field = inLevels ? "reasoning.budget_tokens" : "reasoning.effort";
    receipt.note("approximated", field, "another measure stands for it");
  }
}

/** A server of which nothing is known but the protocol: what was asked for in the protocol's words. */
function passOn(config: WireObject, { reasoning }: ChatRequest, off: boolean): void {
  if (off) config.thinkingBudget = 0;
  else if (reasoning?.budgetTokens !== undefined) config.thinkingBudget = reasoning.budgetTokens;
  else if (reasoning?.effort !== undefined) config.thinkingLevel = levelOf(reasoning.effort);
}

function levelOf(effort: ReasoningEffort): string {
  return effort === "xhigh" || effort === "max" ? "HIGH" : effort.toUpperCase();
}

function addLevel(
  config: WireObject,
  request: ChatRequest,
  profile: VendorProfile,
  target: EncodeTarget,
  off: boolean,
): void {
  const { receipt } = target;
  if (off) receipt.note("approximated", "reasoning.mode", "this model always thinks: as little as it can");
  const effort = off ? "minimal" : (request.reasoning?.effort ?? effortOfBudget(request, target));
  if (effort === undefined) return;
  const level = profile.efforts?.[effort];
  if (level === undefined) receipt.note("dropped", "reasoning.effort", `${profile.name} has no such effort`);
  else {
    if (level !== effort && !off) {
      receipt.note("approximated", "reasoning.effort", `${effort} is ${level} at ${profile.name}`);
    }
    config.thinkingLevel = level.toUpperCase();
  }
}

function addBudget(
  config: WireObject,
  { reasoning }: ChatRequest,
  profile: VendorProfile,
  { receipt }: EncodeTarget,
  { least, most }: { least: number; most: number },
  off: boolean,
): void {
  if (off && profile.thinkingCanBeOff) {
    config.thinkingBudget = 0;
    return;
  }
  if (off) receipt.note("approximated", "reasoning.mode", "this model always thinks: as little as it can");
  const effort = reasoning?.effort;
  const wanted = off ? least : (reasoning?.budgetTokens ?? (effort === undefined ? undefined : budgets[effort]));
  if (wanted === undefined) {
    // The model's own measure; some do not think unless asked.
    config.thinkingBudget = -1;
    return;
  }
  const budget = Math.min(Math.max(wanted, least), most);
  if (!off && reasoning?.budgetTokens === undefined) {
    receipt.note("approximated", "reasoning.effort", `${String(effort)} is ${budget} tokens of thinking`);
  } else if (!off && budget !== wanted) {
    receipt.note("approximated", "reasoning.budget_tokens", `this model thinks ${least} to ${most} tokens`);
  }
  config.thinkingBudget = budget;
}
