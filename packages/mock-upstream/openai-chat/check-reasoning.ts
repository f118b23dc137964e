import { invalidRequest } from "../answer.ts";
import type { Refusal } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { readReasoning } from "./write-reasoning.ts";

/**
 * Refuses a history in which an assistant message with tool calls has lost its reasoning, or brings back one
 * that this mock did not produce before those calls.
 */
export function checkReplayedReasoning(exchange: Exchange, missing: ((at: number) => Refusal) | undefined): void {
  for (const [at, raw] of asArray(exchange.body.messages).entries()) {
    const message = asObject(raw);
    const calls = asArray(message.tool_calls).map(asObject);
    if (message.role !== "assistant" || calls.length === 0) continue;
    const reasoning = readReasoning(message);
    if (reasoning === undefined) {
      if (missing) throw missing(at);
      continue;
    }
    if (exchange.strictness.verifyReasoning) checkOrigin(exchange, calls, reasoning, at);
  }
}

function checkOrigin(exchange: Exchange, calls: JsonObject[], reasoning: string, at: number): void {
  for (const call of calls) {
    const definition = asObject(call.function);
    const input = parseArguments(definition.arguments);
    if (exchange.memory.accepts(String(call.id), String(definition.name), input, reasoning)) continue;
    throw invalidRequest(
      `reasoning_content in assistant message at index ${at} is not what was produced before tool call '${String(call.id)}'`,
    );
  }
}

function parseArguments(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
