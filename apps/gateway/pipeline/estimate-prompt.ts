import type { ChatRequest } from "@onerouter/protocols";
import { promptText } from "../metering/prompt-text.ts";
import type { Candidate } from "../routing/route-plan.ts";
import type { Generation } from "./generation.ts";
import type { InferenceContext } from "./inference-context.ts";

/** Longer prompts (characters) are not counted to learn from: handing them to the tokenizer's thread is a copy. */
const longestSample = 512 * 1024;

/** Whose way of making tokens it is. */
export function factorKey({ endpoint }: Pick<Candidate, "endpoint">): string {
  return `${endpoint.provider}\n${endpoint.upstreamId}`;
}

/** Our tokenizer's count of a prompt, corrected by what the upstream has reported for others. */
export async function estimatePrompt(
  request: ChatRequest,
  candidate: Candidate | undefined,
  { tokenizer, tokenFactors }: InferenceContext,
): Promise<number> {
  const { text, extraTokens } = promptText(request);
  const counted = (await tokenizer.count(text)) + extraTokens;
  return candidate === undefined ? counted : tokenFactors.fromCount(factorKey(candidate), counted);
}

/**
 * Has one prompt of several counted beside its answer, so that settle can compare the count with the upstream's report; only
 * where somebody asks for counts, since the vocabulary takes 100 MB.
 */
export function samplePrompt(generation: Generation, candidate: Candidate | undefined): void {
  const { context, request, promptLength } = generation;
  const { tokenizer, tokenFactors } = context;
  if (candidate === undefined || promptLength > longestSample || !tokenizer.isStarted()) return;
  if (!tokenFactors.wantsCount(factorKey(candidate))) return;
  const { text, extraTokens } = promptText(request);
  // The longer of the two, count and answer, decides when something is learnt.
  generation.countedTokens = tokenizer.count(text).then((tokens) => tokens + extraTokens);
}

/** Learns from the upstream's report, if it is about the client's prompt and nothing else. */
export function learnFromUsage(generation: Generation): void {
  const { candidate, meter, continuation, context, promptLength, countedTokens } = generation;
  if (candidate === undefined || !meter.usageReported || meter.finishReason === null) return;
  if (continuation.turns.length > 0 || continuation.shown !== undefined) return;
  const key = factorKey(candidate);
  const { inputTokens } = meter.usage;
  if (countedTokens === undefined) context.tokenFactors.observe(key, inputTokens, promptLength);
  else {
    void countedTokens.then((counted) => context.tokenFactors.observe(key, inputTokens, promptLength, counted));
  }
}
