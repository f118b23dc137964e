import type { ChatRequest } from "../model/chat-request.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { claudeTraits } from "./claude-models.ts";
import type { WireObject } from "../wire/json-object.ts";

const smallestTopPWhileThinking = 0.95;

/** Writes temperature, top_p and top_k as far as the model takes them now. */
export function encodeSampling(
  request: ChatRequest,
  profile: VendorProfile,
  target: EncodeTarget,
  isThinking: boolean,
  body: WireObject,
): void {
  const { receipt } = target;
  const { temperature, topP, topK, frequencyPenalty, presencePenalty, seed } = request.sampling;
  const traits = claudeTraits(target.upstreamModel);

  if (temperature !== undefined && isPossible("temperature", isThinking && temperature !== 1)) {
    const [least, most] = profile.temperatureRange ?? [0, 1];
    body.temperature = Math.min(1, most, Math.max(least, temperature));
    if (body.temperature !== temperature) receipt.note("approximated", "temperature", "lies outside of what is taken");
  }
  if (topP !== undefined && isPossible("top_p", isThinking && topP < smallestTopPWhileThinking)) {
    // "`temperature` and `top_p` cannot both be specified for this model."
    if (traits !== undefined && body.temperature !== undefined) receipt.note("dropped", "top_p", "temperature is set");
    else body.top_p = topP;
  }
  if (topK !== undefined && isPossible("top_k", isThinking)) body.top_k = topK;
  const others = { frequency_penalty: frequencyPenalty, presence_penalty: presencePenalty, seed };
  for (const [field, value] of Object.entries(others)) {
    if (value !== undefined) receipt.note("dropped", field, "the protocol has no such field");
  }

  function isPossible(field: "temperature" | "top_p" | "top_k", isExcluded: boolean): boolean {
    const isFixed = profile.fixedSampling.includes(field) || traits?.fixedSampling === true;
    if (isFixed) receipt.note("dropped", field, "the model does not take it");
    else if (isExcluded) receipt.note("dropped", field, "not possible while the model thinks");
    return !isFixed && !isExcluded;
  }
}
