import type { ChatRequest } from "@onerouter/protocols";
import { promptText } from "../metering/prompt-text.ts";
import type { RequestNeeds } from "../routing/request-needs.ts";
import type { Candidate } from "../routing/route-plan.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import type { Generation } from "./generation.ts";
import type { InferenceContext } from "./inference-context.ts";

/** Longer prompts (bytes) are not counted to learn from: handing them to the tokenizer's thread is a copy. */
const longestSample = 512 * 1024;

/** Tokens of a prompt by its length and what was learnt of the endpoint's way of making them. Costs nothing. */
export function weighPrompt(
  { promptBytes, mediaTokens }: Pick<RequestNeeds, "promptBytes" | "mediaTokens">,
  candidate: Candidate | undefined,
  { tokenFactors }: Pick<InferenceContext, "tokenFactors">,
): number {
  const text =
    candidate === undefined ? estimateTokens(promptBytes) : tokenFactors.fromBytes(candidate.key, promptBytes);
  return text + mediaTokens;
}

/** Our tokenizer's count of a prompt, corrected by what the upstream has reported for others. */
export async function estimatePrompt(
  request: ChatRequest,
  candidate: Candidate | undefined,
  { tokenizer, tokenFactors }: InferenceContext,
): Promise<number> {
  const { text, extraTokens } = promptText(request);
  const counted = (await tokenizer.count(text)) + extraTokens;
  return candidate === undefined ? counted : tokenFactors.fromCount(candidate.key, counted);
}

/**
 * Has one prompt of several counted beside its answer, so that settle can compare the count with the upstream's report; only
 * where somebody asks for counts, since the vocabulary takes 100 MB.
 */
export function samplePrompt(generation: Generation, candidate: Candidate | undefined): void {
  const { context, request, needs } = generation;
  const { tokenizer, tokenFactors } = context;
  if (candidate === undefined || needs.mediaTokens > 0 || needs.promptBytes > longestSample) return;
  if (!tokenizer.isStarted()) return;
  if (!tokenFactors.wantsCount(candidate.key)) return;
  const { text, extraTokens } = promptText(request);
  // The longer of the two, count and answer, decides when something is learnt.
  generation.countedTokens = tokenizer.count(text).then((tokens) => tokens + extraTokens);
}

/** Learns from the upstream's report, if it is about the client's prompt and nothing else; pictures are no text. */
export function learnFromUsage(generation: Generation): void {
  const { candidate, meter, continuation, context, needs, countedTokens } = generation;
  if (candidate === undefined || !meter.usageReported || meter.finishReason === null) return;
  if (continuation.turns.length > 0 || continuation.shown !== undefined || needs.mediaTokens > 0) return;
  const { key } = candidate;
  const { inputTokens } = meter.usage;
  if (countedTokens === undefined) context.tokenFactors.observe(key, inputTokens, needs.promptBytes);
  else {
    void countedTokens.then((counted) => context.tokenFactors.observe(key, inputTokens, needs.promptBytes, counted));
  }
}
