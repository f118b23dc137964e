import type { FinishReason } from "../model/finish-reason.ts";
import type { Usage } from "../model/usage.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

export function encodeFinishReason(reason: FinishReason): string {
  switch (reason) {
    case "length":
    case "context-window":
      return "length";
    case "content-filter":
    case "refusal":
      return "content_filter";
    default:
      return "stop";
  }
}

export function encodeUsage(usage: Usage): WireObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cacheReadTokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}

/** Writes chat's log probabilities as lists side by side, each token with its place in the text. */
export interface LogprobsWriter {
  /** @param value `logprobs` of a chat choice. @returns undefined if it says nothing about content */
  write(value: unknown): WireObject | undefined;
}

/** @param offset length of what stands before the first token */
export function createLogprobsWriter(offset: number): LogprobsWriter {
  let at = offset;
  return {
    write(value) {
      const content = isObject(value) && Array.isArray(value.content) ? value.content.filter(isObject) : [];
      if (content.length === 0) return undefined;
      const tokens = content.map(({ token }) => (typeof token === "string" ? token : ""));
      return {
        tokens,
        token_logprobs: content.map(({ logprob }) => logprob ?? null),
        top_logprobs: content.map(({ top_logprobs: top }) => toMap(top)),
        text_offset: tokens.map((token) => {
          at += token.length;
          return at - token.length;
        }),
      };
    },
  };
}

function toMap(alternatives: unknown): WireObject {
  const list = Array.isArray(alternatives) ? alternatives.filter(isObject) : [];
  return Object.fromEntries(list.map(({ token, logprob }) => [String(token), logprob]));
}
