import type { ChatRequest, ReasoningEffort, ReasoningRequest } from "../model/chat-request.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import type { WireObject } from "../wire/json-object.ts";

/** What a budget is measured against when nobody set a limit: Claude Code's default. */
const defaultOutputTokens = 32_000;

/** Whether the model will think when asked like this. */
export function isThinking(request: ChatRequest, profile: VendorProfile): boolean {
  if (!profile.thinkingCanBeOff) return true;
  return profile.thinkingSwitch !== "none" && request.reasoning?.mode !== "off";
}

/** Writes how much the model should think into the body, in the vendor's words. */
export function encodeReasoning(
  request: ChatRequest,
  profile: VendorProfile,
  target: EncodeTarget,
  body: WireObject,
): void {
  const { reasoning } = request;
  const { receipt } = target;
  const wantsOff = reasoning?.mode === "off";
  if (wantsOff && !profile.thinkingCanBeOff) {
    receipt.note("dropped", "reasoning.mode", "this model always thinks");
  }
  const off = wantsOff && profile.thinkingCanBeOff;
  switch (profile.thinkingSwitch) {
    case "none":
      if (reasoning !== undefined && !wantsOff && profile.thinkingCanBeOff) {
        receipt.note("dropped", "reasoning", "thinking cannot be switched on at this upstream");
      } else noteEffort(reasoning, target);
      return;
    case "thinking-type": {
      const effort = off ? undefined : encodeEffort(request, profile, target);
      // Z.ai reads its lowest effort as "do not think".
      const disabled = off || effort === "none";
      const fields = disabled ? undefined : profile.thinkingFields;
      // DeepSeek refuses an effort together with a thinking that is switched off.
      if (disabled) body.thinking = { type: "disabled" };
      else if (reasoning !== undefined || fields !== undefined) body.thinking = { type: "enabled", ...fields };
      if (effort !== undefined && !disabled) body.reasoning_effort = effort;
      return;
    }
    case "reasoning-effort": {
      const effort = off ? profile.efforts?.none : encodeEffort(request, profile, target);
      if (effort !== undefined) body.reasoning_effort = effort;
      return;
    }
    case "chat-template-kwargs":
      if (reasoning !== undefined) body.chat_template_kwargs = { [profile.thinkingKwarg ?? "thinking"]: !off };
      noteEffort(reasoning, target);
      return;
  }
}

function encodeEffort(request: ChatRequest, profile: VendorProfile, target: EncodeTarget): string | undefined {
  const { reasoning } = request;
  if (reasoning === undefined || reasoning.mode === "off") return undefined;
  if (profile.efforts === undefined) {
    noteEffort(reasoning, target);
    return undefined;
  }
  const effort = reasoning.effort ?? effortOfBudget(request, target);
  if (effort === undefined) return undefined;
  const word = profile.efforts[effort];
  if (word === undefined) target.receipt.note("dropped", "reasoning.effort", `${profile.name} has no such effort`);
  else if (word !== effort) {
    target.receipt.note("approximated", "reasoning.effort", `${effort} is ${word} at ${profile.name}`);
  }
  return word;
}

/** The effort that OpenRouter's documentation equates with a budget of this share of the answer's limit. */
function effortOfBudget(request: ChatRequest, target: EncodeTarget): ReasoningEffort | undefined {
  const budget = request.reasoning?.budgetTokens;
  if (budget === undefined) return undefined;
  target.receipt.note(
    "approximated",
    "reasoning.budget_tokens",
    "the upstream measures thinking by effort, not by tokens",
  );
  const share = budget / (request.maxOutputTokens ?? target.maxOutputTokens ?? defaultOutputTokens);
  if (share >= 0.8) return "high";
  if (share >= 0.5) return "medium";
  return share >= 0.2 ? "low" : "minimal";
}

function noteEffort(reasoning: ReasoningRequest | undefined, { receipt }: EncodeTarget): void {
  if (reasoning?.effort !== undefined) {
    receipt.note("dropped", "reasoning.effort", "the upstream has no measure of thinking");
  }
  if (reasoning?.budgetTokens !== undefined) {
    receipt.note("dropped", "reasoning.budget_tokens", "the upstream has no measure of thinking");
  }
}
