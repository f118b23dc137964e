import { contextLengthOf, type Model } from "@onerouter/catalog";

/** Enough for most refusals of an upstream that refuses at all, and for most answers to begin. */
const usualMs = 2_000;
const overflowMs = 10_000;
/** From this share of the context window on, by our rough count, the prompt may be too long. */
const riskyShare = 0.6;

/**
 * How long (milliseconds) status and headers of a stream are held back while there is no content. Within it a failure reaches
 * the client with its HTTP status, also that of an upstream which accepts a request and then answers with an error; after it
 * the client gets 200 and signs of life. A prompt that may be too long waits longer: providers count it before they refuse, and
 * Claude Code compacts only on a real 400.
 * @param promptTokens our estimate
 */
export function chooseHeaderDelay(model: Model, promptTokens: number): number {
  const contextLength = contextLengthOf(model);
  return contextLength !== undefined && promptTokens > riskyShare * contextLength ? overflowMs : usualMs;
}
