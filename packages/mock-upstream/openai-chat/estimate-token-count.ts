import { invalidRequest } from "../answer.ts";
import type { Answer } from "../answer.ts";
import { estimateTokens } from "../estimate-tokens.ts";
import type { Exchange } from "../exchange.ts";

/** Answers Moonshot's POST /tokenizers/estimate-token-count (platform.kimi.ai/docs/api/estimate). */
export function answerEstimate({ body }: Exchange): Answer {
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    throw invalidRequest("Invalid request: messages must not be empty");
  }
  // The same text as an answer's prompt tokens count.
  const text = `${JSON.stringify(body.tools ?? [])}\n${JSON.stringify(body.messages).slice(0, -1)}`;
  return { kind: "json", status: 200, body: { data: { total_tokens: estimateTokens(text) } } };
}
