import type { ChatError } from "@onerouter/protocols";
import type { Endpoint } from "@onerouter/catalog";
import type { Generation } from "./generation.ts";
import { estimateTokens } from "./estimate-tokens.ts";

/**
 * Gives an overflow both of its numbers: Claude Code compacts when, and only when, it reads how long the prompt was and how
 * long it may be, and some upstreams tell neither. What the upstream did not say is taken from the endpoint's own limit and
 * from the length of the request.
 */
export function measureOverflow(error: ChatError, endpoint: Endpoint, generation: Generation): ChatError {
  if (error.code !== "context_length_exceeded" || error.tokens !== undefined) return error;
  const estimate = estimateTokens(generation.promptLength);
  const maximum = endpoint.contextLength ?? Math.max(1, estimate - 1);
  return { ...error, tokens: { actual: Math.max(estimate, maximum + 1), maximum } };
}
