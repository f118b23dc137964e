import type { Exchange } from "../exchange.ts";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { callsOf } from "./check-contents.ts";
import { isThirdGeneration } from "./models.ts";
import { invalidArgument } from "./refuse.ts";
import { isOurs, sentinels } from "./thought-signature.ts";

/**
 * Signatures must be ours and in their place; from Gemini 3 on, the first call of each step of the current turn must have
 * one (ai.google.dev/gemini-api/docs/thought-signatures).
 */
export function checkSignatures(contents: JsonObject[], exchange: Exchange): void {
  const scope = { seed: exchange.seed, model: exchange.model };
  const current = startOfTurn(contents);
  for (const [at, content] of contents.entries()) {
    for (const part of asArray(content.parts).map(asObject)) {
      const signature = part.thoughtSignature;
      if (typeof signature !== "string" || sentinels.includes(signature)) continue;
      if (!isOurs(scope, signature)) throw invalidArgument("Thought signature is not valid.");
      checkPlace(part, signature, exchange);
    }
    const [first] = callsOf(content);
    if (!first || at < current || !isThirdGeneration(exchange.model) || first.thoughtSignature !== undefined) continue;
    throw invalidArgument(
      "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call `default_api:" +
        `${String(asObject(first.functionCall).name)}\` , position ${at + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
    );
  }
}

// The turn begins with the last thing that the user said, as opposed to what functions answered.
function startOfTurn(contents: JsonObject[]): number {
  return contents.findLastIndex(
    (content) =>
      content.role !== "model" && asArray(content.parts).some((part) => asObject(part).functionResponse === undefined),
  );
}

function checkPlace(part: JsonObject, signature: string, exchange: Exchange): void {
  if (!exchange.strictness.verifyReasoning || part.functionCall === undefined) return;
  const { id = "", name, args = {} } = asObject(part.functionCall);
  if (exchange.memory.accepts(String(id), String(name), args, signature)) return;
  throw invalidArgument(`Thought signature is not valid: it does not belong to function call '${String(name)}'.`);
}
