import type { ChatRequest, ReasoningEffort } from "../model/chat-request.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { effortOfBudget } from "../reasoning/effort-of-budget.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import type { WireObject } from "../wire/json-object.ts";

const summaries: ReadonlySet<string> = new Set(["auto", "concise", "detailed"]);

/** Whether the model is one that thinks, as far as the profile knows. */
export function mayThink({ efforts }: VendorProfile): boolean {
  return efforts === undefined || Object.keys(efforts).length > 0;
}

/**
 * Writes `reasoning`. A profile without efforts knows nothing of its models, and the protocol's own words stand; one with
 * none at all is that of models that do not think and refuse the field.
 */
export function encodeReasoning(
  request: ChatRequest,
  profile: VendorProfile,
  target: EncodeTarget,
  body: WireObject,
): void {
  const { reasoning } = request;
  const rest = request.extensions["openai-responses"]?.reasoning as WireObject | undefined;
  if (reasoning === undefined && rest === undefined) return;
  if (!mayThink(profile)) {
    target.receipt.note("dropped", "reasoning", "this model does not think");
    return;
  }
  const effort = encodeEffort(request, profile, target);
  const summary = encodeSummary(request);
  const encoded: WireObject = {
    ...rest,
    ...(effort === undefined ? {} : { effort }),
    ...(summary === undefined ? {} : { summary }),
  };
  if (Object.keys(encoded).length > 0) body.reasoning = encoded;
}

function encodeEffort(request: ChatRequest, profile: VendorProfile, target: EncodeTarget): string | undefined {
  const { reasoning } = request;
  const { receipt } = target;
  if (reasoning === undefined) return undefined;
  let effort: ReasoningEffort | undefined = reasoning.effort;
  if (reasoning.mode === "off") {
    if (!profile.thinkingCanBeOff) {
      receipt.note("dropped", "reasoning.mode", "this model always thinks");
      return undefined;
    }
    if (effort !== undefined && effort !== "none") {
      receipt.note("dropped", "reasoning.effort", "there is nothing to measure without thoughts");
    }
    effort = "none";
  } else if (effort === undefined) effort = effortOfBudget(request, target);
  else if (reasoning.budgetTokens !== undefined) {
    receipt.note("dropped", "reasoning.budget_tokens", "the upstream measures thinking by effort, not by tokens");
  }
  // Not to think may be the default, as it is of GPT-5.1.
  if (
    effort === undefined &&
    reasoning.effortOnly !== true &&
    profile.thinkingCanBeOff &&
    profile.efforts !== undefined
  ) {
    effort = "medium";
  }
  if (effort === undefined) return undefined;
  const word = profile.efforts === undefined ? effort : profile.efforts[effort];
  if (word === undefined) receipt.note("dropped", "reasoning.effort", `${profile.name} has no such effort`);
  else if (word !== effort) receipt.note("approximated", "reasoning.effort", `${effort} is ${word} at ${profile.name}`);
  return word;
}

/** Other protocols show thoughts unless told not to; here only a summary is ever shown, and only to those who ask. */
function encodeSummary({ reasoning }: ChatRequest): string | undefined {
  if (reasoning === undefined || reasoning.mode === "off") return undefined;
  const { display, effortOnly } = reasoning;
  if (display !== undefined && summaries.has(display)) return display;
  return display === "omitted" || effortOnly === true ? undefined : "auto";
}
