import { claudeTraits } from "./anthropic-messages/claude-models.ts";
import type { ProtocolName } from "./model/protocol.ts";
import type { VendorProfile } from "./vendors/profile.ts";

/** OpenRouter's names for what a profile may list among the fields that only the chat protocol has. */
const listedExtensions = [
  "logprobs",
  "top_logprobs",
  "logit_bias",
  "min_p",
  "top_a",
  "repetition_penalty",
  "verbosity",
];

/**
 * The request fields, by OpenRouter's names, that reach the model at this endpoint as they were given: not those that the
 * gateway drops, approximates or emulates there, nor those of which it knows nothing.
 * @param profile as it holds for this model
 */
export function supportedParameters(protocol: ProtocolName, profile: VendorProfile, upstreamModel: string): string[] {
  const isMessages = protocol === "anthropic-messages";
  const thinks = canReason(protocol, profile, upstreamModel);
  // What holds while the model thinks always holds for one that cannot stop thinking.
  const { fixedSampling, toolChoices, structuredOutput, extensionFields } = profile.thinkingCanBeOff
    ? profile
    : { ...profile, ...profile.whenThinking };
  const fixed: readonly string[] = fixedSampling;
  const traits = isMessages ? claudeTraits(upstreamModel) : undefined;

  const supported = new Set(["max_tokens", "max_completion_tokens", "tools"]);
  if (profile.maxStopSequences !== 0 && protocol !== "openai-responses") supported.add("stop");
  const sampling = ["temperature", "top_p"];
  if (profile.topK) sampling.push("top_k");
  if (!isMessages) sampling.push("frequency_penalty", "presence_penalty", "seed");
  if (traits?.fixedSampling !== true) for (const field of sampling) if (!fixed.includes(field)) supported.add(field);
  const forces = toolChoices.includes("required") || toolChoices.includes("tool");
  if (forces && traits?.forcedTools !== false) supported.add("tool_choice");
  if (profile.parallelToolCallsField) supported.add("parallel_tool_calls");
  // Messages have no JSON mode without a schema.
  if (structuredOutput !== "none" && !isMessages) supported.add("response_format");
  if (structuredOutput === "json-schema") supported.add("structured_outputs");
  if (thinks) supported.add("reasoning");
  if (thinks && profile.efforts !== undefined) supported.add("reasoning_effort");
  for (const field of listedExtensions) if (extensionFields?.includes(field) === true) supported.add(field);
  return [...supported];
}

/** Whether the model is known to think, or to think when asked. */
export function canReason(protocol: ProtocolName, profile: VendorProfile, upstreamModel: string): boolean {
  if (protocol !== "anthropic-messages") return profile.thinkingSwitch !== "none" || !profile.thinkingCanBeOff;
  const form = claudeTraits(upstreamModel)?.thinking;
  return form === undefined ? profile.thinkingSwitch !== "none" || !profile.thinkingCanBeOff : form !== "none";
}
