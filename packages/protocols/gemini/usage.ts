import { tokenCount, type Usage } from "../model/usage.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { withCamelKeys } from "./camel-keys.ts";

/**
 * Reads `usageMetadata` (https://ai.google.dev/api/generate-content#UsageMetadata); undefined if it says nothing. The prompt
 * counts what lay in the cache, but neither what hosted tools brought nor, on the other side, are thoughts among the
 * candidates' tokens: a server whose total says that they are is believed.
 */
export function decodeUsage(metadata: unknown): Usage | undefined {
  if (!isObject(metadata)) return undefined;
  const value = withCamelKeys(metadata);
  const prompt = tokenCount(value.promptTokenCount);
  const toolPrompt = tokenCount(value.toolUsePromptTokenCount);
  const cacheReadTokens = tokenCount(value.cachedContentTokenCount);
  const candidates = tokenCount(value.candidatesTokenCount);
  const reasoningTokens = tokenCount(value.thoughtsTokenCount);
  const inputTokens = Math.max(prompt, cacheReadTokens) + toolPrompt;
  if (inputTokens === 0 && candidates === 0 && reasoningTokens === 0) return undefined;
  const includesThoughts =
    reasoningTokens > 0 &&
    candidates >= reasoningTokens &&
    tokenCount(value.totalTokenCount) === prompt + toolPrompt + candidates;
  return {
    inputTokens,
    cacheReadTokens,
    cacheWriteTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens: candidates + (includesThoughts ? 0 : reasoningTokens),
    reasoningTokens,
  };
}

/** Writes usage as Google does. It has no word for what was written to a cache. */
export function encodeUsage(usage: Usage): WireObject {
  const metadata: WireObject = {
    promptTokenCount: usage.inputTokens,
    candidatesTokenCount: Math.max(0, usage.outputTokens - usage.reasoningTokens),
    totalTokenCount: usage.inputTokens + usage.outputTokens,
  };
  if (usage.cacheReadTokens > 0) metadata.cachedContentTokenCount = usage.cacheReadTokens;
  if (usage.reasoningTokens > 0) metadata.thoughtsTokenCount = usage.reasoningTokens;
  return metadata;
}

const counted: ReadonlySet<string> = new Set([
  "promptTokenCount",
  "toolUsePromptTokenCount",
  "cachedContentTokenCount",
  "candidatesTokenCount",
  "thoughtsTokenCount",
  "totalTokenCount",
]);

/** What `usageMetadata` says besides the counts: tokens by kind of content, service tier. */
export function usageDetails(metadata: unknown): WireObject | undefined {
  if (!isObject(metadata)) return undefined;
  const value = withCamelKeys(metadata);
  let details: WireObject | undefined;
  for (const field in value) if (!counted.has(field)) (details ??= {})[field] = value[field];
  return details;
}
