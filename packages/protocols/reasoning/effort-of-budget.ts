import type { ChatRequest, ReasoningEffort } from "../model/chat-request.ts";
import type { EncodeTarget } from "../protocol-contract.ts";

/** What a budget is measured against when nobody set a limit, in tokens: Claude Code's default. */
const defaultOutputTokens = 32_000;

/**
 * The effort that OpenRouter's documentation equates with a budget of this share of the answer's limit; undefined without a
 * budget.
 */
export function effortOfBudget(request: ChatRequest, target: EncodeTarget): ReasoningEffort | undefined {
  const budget = request.reasoning?.budgetTokens;
  if (budget === undefined) return undefined;
  target.receipt.note("approximated", "reasoning.budget_tokens", "thinking is measured by effort, not by tokens");
  const share = budget / (request.maxOutputTokens ?? target.maxOutputTokens ?? defaultOutputTokens);
  if (share >= 0.8) return "high";
  if (share >= 0.5) return "medium";
  return share >= 0.2 ? "low" : "minimal";
}
