import { invalidRequest, Refusal } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import { asArray, asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { decrypt } from "./encrypted-content.ts";
import { invalidType, missingParameter } from "./refuse.ts";

/**
 * The request's items as the model sees them: a string becomes a message, references and a previous response are
 * replaced by what they stand for.
 *
 * @throws Refusal for a response or item that is not stored
 */
export function resolveItems(exchange: Exchange): JsonObject[] {
  const { body, apiKey, kept } = exchange;
  const { input, previous_response_id: previousId } = body;
  const before = typeof previousId === "string" ? kept.find(apiKey, previousId) : undefined;
  if (typeof previousId === "string" && !before) {
    throw invalidRequest(
      `Previous response with id '${previousId}' not found.`,
      "previous_response_id",
      "previous_response_not_found",
    );
  }
  if (input === undefined && !before && body.prompt == null) {
    throw new Refusal(
      400,
      "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation_id' must be provided.",
      { type: "invalid_request_error", param: "input", code: "missing_required_parameter" },
    );
  }
  if (typeof input !== "string" && input !== undefined && !Array.isArray(input)) {
    throw invalidType("input", "one of an array of objects or string", input);
  }
  const own = typeof input === "string" ? [{ type: "message", role: "user", content: input }] : asArray(input);
  return [...(before?.items ?? []), ...own.map((item) => dereference(asObject(item), exchange))];
}

function dereference(item: JsonObject, { apiKey, kept }: Exchange): JsonObject {
  const isReference = item.type === "item_reference" || (item.type === undefined && item.role === undefined);
  // Reasoning without encrypted content is only a pointer to what OpenAI has stored.
  const isPointer = item.type === "reasoning" && item.encrypted_content == null && typeof item.id === "string";
  if (!isReference && !isPointer) return item;
  const found = kept.findItem(apiKey, String(item.id));
  if (found) return found;
  throw new Refusal(
    404,
    `Item with id '${String(item.id)}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
    { type: "invalid_request_error", param: "input" },
  );
}

const outputOf: Record<string, string> = {
  function_call: "function_call_output",
  custom_tool_call: "custom_tool_call_output",
  tool_search_call: "tool_search_output",
};

/** The rules between items: calls and outputs in pairs, reasoning ours and before what it belongs to. */
export function checkHistory(items: JsonObject[], exchange: Exchange): void {
  checkPairs(items);
  for (const [at, item] of items.entries()) {
    if (item.type === "reasoning") checkReasoning(items, at, exchange);
    if (item.type === "compaction") openSealed(item, exchange);
    checkNeeded(items, at, exchange);
  }
}

function checkPairs(items: JsonObject[]): void {
  const open = new Map<string, string>();
  const used = new Set<string>();
  for (const item of items) {
    const type = String(item.type);
    const id = String(item.call_id);
    // A search that OpenAI itself ran has no call id.
    if (item.call_id == null) continue;
    const output = outputOf[type];
    if (output) {
      if (used.has(id)) throw invalidRequest(`Duplicate tool call with call_id ${id}.`, "input");
      used.add(id);
      open.set(id, output);
    } else if (open.get(id) === type) {
      open.delete(id);
    } else {
      const kind =
        type === "custom_tool_call_output" ? "custom tool" : type === "tool_search_output" ? "tool search" : "function";
      throw invalidRequest(`No tool call found for ${kind} call output with call_id ${id}.`, "input");
    }
  }
  const [left] = open;
  if (left) {
    const kind =
      left[1] === "custom_tool_call_output"
        ? "custom tool"
        : left[1] === "tool_search_output"
          ? "tool search"
          : "function";
    throw invalidRequest(`No tool output found for ${kind} call ${left[0]}.`, "input");
  }
}

function checkReasoning(items: JsonObject[], at: number, exchange: Exchange): void {
  const item = items[at] ?? {};
  const name = String(item.id ?? `at input[${at}]`);
  if (item.encrypted_content == null && item.id === undefined) throw missingParameter(`input[${at}].encrypted_content`);
  const sealedId = item.encrypted_content == null ? String(item.id) : openSealed(item, exchange);
  if (typeof item.id === "string" && item.id !== sealedId) {
    throw invalidEncrypted(
      `The encrypted content for item ${name} could not be verified. Reason: Encrypted content item_id did not match the target item id.`,
    );
  }
  const next = items[at + 1];
  const isFollowed = next !== undefined && (next.type !== "message" || next.role === "assistant") && isOutput(next);
  if (!isFollowed) {
    throw invalidRequest(
      `Item '${name}' of type 'reasoning' was provided without its required following item.`,
      "input",
    );
  }
  if (!exchange.strictness.verifyReasoning) return;
  for (const call of items.slice(at + 1, firstAnswer(items, at + 1))) {
    const text = call.type === "custom_tool_call" ? call.input : parse(call.arguments);
    if (call.call_id == null || exchange.memory.accepts(String(call.call_id), String(call.name), text, sealedId))
      continue;
    throw invalidRequest(
      `Item '${name}' of type 'reasoning' is not what was produced before the tool call '${String(call.call_id)}'.`,
      "input",
    );
  }
}

// An item of ours by its id needs the reasoning that went before it; without the id it stands for itself.
function checkNeeded(items: JsonObject[], at: number, exchange: Exchange): void {
  const item = items[at] ?? {};
  if (typeof item.id !== "string" || item.type === "reasoning") return;
  const needed = exchange.kept.reasoningNeededBy(item.id);
  if (needed === undefined) return;
  for (let before = at - 1; before >= 0; before--) {
    const earlier = items[before] ?? {};
    if (earlier.type !== "reasoning") {
      if (isOutput(earlier)) continue;
      break;
    }
    if (earlier.id === undefined || earlier.id === needed) return;
    break;
  }
  throw invalidRequest(
    `Item '${item.id}' of type '${String(item.type)}' was provided without its required 'reasoning' item: '${needed}'.`,
    "input",
  );
}

function firstAnswer(items: JsonObject[], from: number): number {
  const found = items.findIndex((item, at) => at >= from && !isOutput(item));
  return found < 0 ? items.length : found;
}

/** Whether the model, not the client, makes items of this kind. */
function isOutput(item: JsonObject): boolean {
  const type = String(item.type ?? "message");
  return type === "message"
    ? item.role === "assistant"
    : type in outputOf || type === "web_search_call" || type === "reasoning";
}

/** The text that an item's encrypted content seals. @throws Refusal when it was not made here for this key and model */
export function openSealed(item: JsonObject, { seed, apiKey, model }: Exchange): string {
  const text = decrypt({ seed, apiKey, model }, String(item.encrypted_content));
  if (text !== undefined) return text;
  throw invalidEncrypted(
    `The encrypted content ${String(item.encrypted_content).slice(0, 8)}... could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
  );
}

function invalidEncrypted(message: string): Refusal {
  return invalidRequest(message, undefined, "invalid_encrypted_content");
}

function parse(text: unknown): unknown {
  if (isObject(text)) return text;
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
