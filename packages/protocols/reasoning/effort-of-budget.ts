import type { ReasoningEffort } from "../model/chat-request.ts";

/** The effort that OpenRouter's documentation equates with a budget of this share of the answer's limit, both in tokens. */
export function effortOfBudget(budget: number, limit: number): ReasoningEffort {
  const share = budget / limit;
  if (share >= 0.8) return "high";
  if (share >= 0.5) return "medium";
  return share >= 0.2 ? "low" : "minimal";
}
