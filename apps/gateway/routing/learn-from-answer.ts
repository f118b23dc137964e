import type { Usage } from "@onerouter/protocols/model/usage";
import type { Knowledge } from "./knowledge.ts";
import type { RequestNeeds } from "./request-needs.ts";
import type { Candidate } from "./route-plan.ts";
import { isPrefix } from "./session-memory.ts";

/**
 * Takes from an answer that came to its end what the next plan wants to know: how long answers are, what the endpoint's cache
 * gave, and that it holds this prompt now.
 * @param now Unix milliseconds
 */
export function learnFromAnswer(
  { endpoint, key, pair }: Pick<Candidate, "endpoint" | "key" | "pair">,
  needs: Pick<RequestNeeds, "session" | "tools" | "turns">,
  usage: Usage,
  knowledge: Knowledge,
  now: number,
): void {
  if (usage.inputTokens <= 0) return;
  knowledge.answerLengths.observe(endpoint.modelId, needs.tools, usage.outputTokens);
  if (needs.session === undefined) {
    knowledge.habits.observe(needs.tools, needs.turns, undefined);
    return;
  }
  const session = knowledge.sessions.find(needs.session);
  // A second try of the same turn is no turn of its own.
  if (session === undefined || usage.inputTokens > session.promptTokens) {
    knowledge.habits.observe(needs.tools, needs.turns, session === undefined ? undefined : now - session.at);
  }
  const held = session?.holders.find((holder) => holder.pair === pair);
  if (held !== undefined && held.tokens > 0 && isPrefix(held.tokens, usage.inputTokens)) {
    const expected = Math.min(held.tokens, usage.inputTokens);
    knowledge.cacheShares.observe(key, now - held.at, usage.cacheReadTokens / expected, now);
  }
  knowledge.sessions.note(needs.session, pair, usage.inputTokens, now);
}
