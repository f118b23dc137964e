import type { ChatRequest, ReasoningEffort, ReasoningRequest } from "../model/chat-request.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { effortOfBudget } from "../reasoning/effort-of-budget.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import type { WireObject } from "../wire/json-object.ts";

/** The least that those who take a budget take. */
const smallestBudget = 1024;

/** Whether the model will think when asked like this. */
export function isThinking(request: ChatRequest, profile: VendorProfile): boolean {
  if (!profile.thinkingCanBeOff) return true;
  return profile.thinkingSwitch !== "none" && !wantsNoThoughts(request.reasoning);
}

function wantsNoThoughts(reasoning: ReasoningRequest | undefined): boolean {
  return reasoning?.mode === "off" || (reasoning?.mode === "auto" && reasoning.effort === "none");
}

/** Writes how much the model should think into the body, in the vendor's words. */
export function encodeReasoning(
  request: ChatRequest,
  profile: VendorProfile,
  target: EncodeTarget,
  body: WireObject,
): void {
  const { receipt } = target;
  const wantsOff = wantsNoThoughts(request.reasoning);
  if (wantsOff && !profile.thinkingCanBeOff) {
    receipt.note("dropped", "reasoning.mode", "this model always thinks");
  }
  const off = wantsOff && profile.thinkingCanBeOff;
  const reasoning = wantsOff ? undefined : request.reasoning;
  const unused = wantsOff ? request.reasoning?.effort : undefined;
  if (unused !== undefined && unused !== "none") {
    receipt.note("dropped", "reasoning.effort", "there is nothing to measure without thoughts");
  }
  if (reasoning?.display !== undefined) {
    receipt.note("dropped", "reasoning.display", "how thoughts are shown is the upstream's choice");
  }
  switch (profile.thinkingSwitch) {
    case "none":
      if (reasoning !== undefined && profile.thinkingCanBeOff) {
        receipt.note("dropped", "reasoning", "thinking cannot be switched on at this upstream");
      } else noteMeasure(reasoning, target);
      return;
    case "thinking-type":
      encodeThinkingType(off, reasoning, request, profile, target, body);
      return;
    case "reasoning-effort": {
      const effort = off ? profile.efforts?.none : encodeEffort(reasoning, request, profile, target);
      if (effort !== undefined) body.reasoning_effort = effort;
      // Not to think may be the default, as it is of GPT-5.1.
      else if (profile.thinkingCanBeOff && isOn(reasoning)) body.reasoning_effort = onWord(profile, target);
      return;
    }
    case "reasoning-object":
      encodeReasoningObject(off, reasoning, profile, target, body);
      return;
    case "enable-thinking":
      if (off || reasoning !== undefined) body.enable_thinking = !off;
      if (reasoning?.budgetTokens === undefined) noteMeasure(reasoning, target);
      else body.thinking_budget = Math.max(1, reasoning.budgetTokens);
      return;
    case "chat-template-kwargs":
      if (off || reasoning !== undefined) body.chat_template_kwargs = { [profile.thinkingKwarg ?? "thinking"]: !off };
      noteMeasure(reasoning, target);
      return;
  }
}

function isOn(reasoning: ReasoningRequest | undefined): boolean {
  return reasoning !== undefined && reasoning.effort === undefined && reasoning.budgetTokens === undefined;
}

/** An effort for those who want thoughts and leave the rest to the provider. */
function onWord(profile: VendorProfile, { receipt }: EncodeTarget): string | undefined {
  const word = profile.efforts?.medium;
  if (word === undefined) receipt.note("dropped", "reasoning", "the upstream cannot be told to think, only not to");
  return word;
}

function encodeThinkingType(
  off: boolean,
  reasoning: ReasoningRequest | undefined,
  request: ChatRequest,
  profile: VendorProfile,
  target: EncodeTarget,
  body: WireObject,
): void {
  const effort = encodeEffort(reasoning, request, profile, target);
  // Z.ai reads its lowest effort as "do not think"; DeepSeek refuses an effort together with a thinking that is switched off.
  if (off || effort === "none") {
    body.thinking = { type: "disabled" };
    return;
  }
  const fields = profile.thinkingFields;
  if (reasoning !== undefined || fields !== undefined) {
    body.thinking = { type: profile.thinkingOnWord ?? "enabled", ...fields };
  }
  if (effort !== undefined) body.reasoning_effort = effort;
}

/** OpenRouter and those that follow it take one measure: tokens, or an effort. */
function encodeReasoningObject(
  off: boolean,
  reasoning: ReasoningRequest | undefined,
  profile: VendorProfile,
  target: EncodeTarget,
  body: WireObject,
): void {
  if (off) {
    body.reasoning = { enabled: false };
    return;
  }
  if (reasoning === undefined) return;
  const { budgetTokens } = reasoning;
  if (budgetTokens !== undefined && profile.thinkingBudget === true) {
    const budget = Math.max(smallestBudget, budgetTokens);
    if (budget !== budgetTokens) {
      target.receipt.note("approximated", "reasoning.budget_tokens", `the least is ${smallestBudget}`);
    }
    if (reasoning.effort !== undefined) {
      target.receipt.note("approximated", "reasoning.effort", "the budget stands for it");
    }
    body.reasoning = { max_tokens: budget };
    return;
  }
  if (profile.efforts === undefined) noteMeasure(reasoning, target);
  const effort = reasoning.effort === undefined ? undefined : wordOf(reasoning.effort, profile, target);
  body.reasoning = effort === undefined ? { enabled: true } : { effort };
}

function encodeEffort(
  reasoning: ReasoningRequest | undefined,
  request: ChatRequest,
  profile: VendorProfile,
  target: EncodeTarget,
): string | undefined {
  if (reasoning === undefined) return undefined;
  if (profile.efforts === undefined) {
    noteMeasure(reasoning, target);
    return undefined;
  }
  if (reasoning.effort !== undefined && reasoning.budgetTokens !== undefined) {
    target.receipt.note("approximated", "reasoning.budget_tokens", "the effort stands for it");
  }
  const effort = reasoning.effort ?? leastEffort(effortOfBudget(request, target), profile);
  return effort === undefined ? undefined : wordOf(effort, profile, target);
}

/** Who gives a budget wants thoughts, and the least effort may mean none (GLM-5.2). */
function leastEffort(effort: ReasoningEffort | undefined, { efforts }: VendorProfile): ReasoningEffort | undefined {
  return effort === "minimal" && efforts?.minimal === "none" ? "low" : effort;
}

function wordOf(effort: ReasoningEffort, profile: VendorProfile, { receipt }: EncodeTarget): string | undefined {
  if (profile.efforts === undefined) return undefined;
  const word = profile.efforts[effort];
  if (word === undefined) receipt.note("dropped", "reasoning.effort", `${profile.name} has no such effort`);
  else if (word !== effort) {
    receipt.note("approximated", "reasoning.effort", `${effort} is ${word} at ${profile.name}`);
  }
  return word;
}

function noteMeasure(reasoning: ReasoningRequest | undefined, { receipt }: EncodeTarget): void {
  if (reasoning?.effort !== undefined) {
    receipt.note("dropped", "reasoning.effort", "the upstream has no measure of thinking");
  }
  if (reasoning?.budgetTokens !== undefined) {
    receipt.note("dropped", "reasoning.budget_tokens", "the upstream has no measure of thinking");
  }
}
