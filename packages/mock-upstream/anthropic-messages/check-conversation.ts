import { invalidRequest } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { knowsAdaptive } from "./profile.ts";
import type { MessagesProfile } from "./profile.ts";
import { isRedacted, isSigned } from "./signature.ts";
import { checkSearches } from "./web-search.ts";

/** A run of messages of one side; the API joins neighbours of the same role. `at` is the index of the first. */
type Side = { role: "user" | "assistant"; at: number; blocks: JsonObject[] };

/** The rules between messages: calls and results in pairs, thinking in its place and signed by us. */
export function checkConversation(exchange: Exchange, profile: MessagesProfile, thinks: boolean): void {
  const messages = asArray(exchange.body.messages).map(asObject);
  const sides = joinSides(messages);
  checkPairs(sides);
  if (profile.isAnthropic) {
    checkEnd(messages, exchange.model, thinks);
    checkSignatures(messages, exchange);
    if (asObject(exchange.body.thinking).type === "enabled") checkLastTurn(sides);
  } else {
    checkToolReferences(messages, profile);
    if (thinks && profile.missingThinking) checkThinkingBeforeCalls(messages, profile.missingThinking);
  }
  if (exchange.strictness.verifyReasoning) checkOrigin(messages, exchange);
}

/** The content blocks of a message, a plain string being one text block. */
export function blocksOf(message: JsonObject): JsonObject[] {
  return typeof message.content === "string"
    ? [{ type: "text", text: message.content }]
    : asArray(message.content).map(asObject);
}

function joinSides(messages: JsonObject[]): Side[] {
  const sides: Side[] = [];
  for (const [at, message] of messages.entries()) {
    if (message.role !== "user" && message.role !== "assistant") continue;
    const last = sides.at(-1);
    if (last?.role === message.role) last.blocks.push(...blocksOf(message));
    else sides.push({ role: message.role, at, blocks: blocksOf(message) });
  }
  return sides;
}

function checkPairs(sides: Side[]): void {
  const used = new Set<string>();
  for (const [index, side] of sides.entries()) {
    const before = sides[index - 1]?.blocks ?? [];
    const asked = callIds(before);
    if (side.role === "user") checkResults(side, asked);
    const ids = callIds(side.blocks);
    for (const id of ids) {
      if (used.has(id)) throw invalidRequest(`messages.${side.at}: \`tool_use\` ids must be unique`);
      used.add(id);
    }
    const answered = leadingResults(sides[index + 1]?.blocks ?? []);
    const open = ids.filter((id) => !answered.includes(id));
    if (open.length > 0) {
      throw invalidRequest(
        `messages.${side.at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(", ")}. ` +
          "Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
      );
    }
  }
}

function checkResults(side: Side, asked: string[]): void {
  const seen = new Set<string>();
  for (const [at, block] of side.blocks.entries()) {
    if (block.type !== "tool_result") continue;
    const id = String(block.tool_use_id);
    if (!asked.includes(id)) {
      throw invalidRequest(
        `messages.${side.at}.content.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. ` +
          "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.",
      );
    }
    if (seen.has(id)) {
      throw invalidRequest(
        `messages.${side.at}.content.${at}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`,
      );
    }
    seen.add(id);
  }
}

function callIds(blocks: JsonObject[]): string[] {
  return blocks.filter((block) => block.type === "tool_use").map((block) => String(block.id));
}

// Results come first in their message; what follows a text no longer counts as "immediately after".
function leadingResults(blocks: JsonObject[]): string[] {
  const first = blocks.findIndex((block) => block.type !== "tool_result");
  return blocks.slice(0, first < 0 ? undefined : first).map((block) => String(block.tool_use_id));
}

function checkEnd(messages: JsonObject[], model: string, thinks: boolean): void {
  for (const [at, message] of messages.entries()) {
    const last = blocksOf(message).at(-1)?.type;
    if (message.role === "assistant" && (last === "thinking" || last === "redacted_thinking")) {
      throw invalidRequest(`messages.${at}: The final block in an assistant message cannot be \`thinking\`.`);
    }
  }
  const end = messages.at(-1);
  if (end?.role !== "assistant") return;
  if (thinks || (model.startsWith("claude-") && knowsAdaptive(model))) {
    throw invalidRequest(
      "This model does not support assistant message prefill. The conversation must end with a user message.",
    );
  }
  const text = blocksOf(end).at(-1)?.text;
  if (typeof text === "string" && text !== text.trimEnd()) {
    throw invalidRequest("messages: final assistant content cannot end with trailing whitespace");
  }
}

function checkSignatures(messages: JsonObject[], exchange: Exchange): void {
  const scope = { seed: exchange.seed, model: exchange.model };
  for (const [at, message] of messages.entries()) {
    checkSearches(blocksOf(message), `messages.${at}`, exchange.seed);
    for (const [index, block] of blocksOf(message).entries()) {
      const path = `messages.${at}.content.${index}`;
      if (block.type === "thinking" && !isSigned(scope, String(block.thinking), String(block.signature))) {
        throw invalidRequest(`${path}: Invalid \`signature\` in \`thinking\` block`);
      }
      if (block.type === "redacted_thinking" && !isRedacted(scope, String(block.data))) {
        throw invalidRequest(`${path}: Invalid \`data\` in \`redacted_thinking\` block`);
      }
    }
  }
}

/** Calls and results since the user last spoke are one turn: it, or its last part, begins with a thought. */
function checkLastTurn(sides: Side[]): void {
  const turn = sides.at(-2);
  if (!turn || !isResult(sides.at(-1))) return;
  let start = sides.length - 1;
  while (isResult(sides[start])) start -= 2;
  if (beginsWithThought(turn) || beginsWithThought(sides[start + 1])) return;
  const first = turn.blocks[0]?.type;
  throw invalidRequest(
    `messages.${turn.at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${String(first)}\`. When ` +
      "`thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of " +
      "`tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. To avoid this " +
      "requirement, disable `thinking`. Please consult our documentation at " +
      "https://docs.claude.com/en/docs/build-with-claude/extended-thinking",
  );
}

function isResult(side: Side | undefined): boolean {
  return side?.role === "user" && side.blocks.some((block) => block.type === "tool_result");
}

function beginsWithThought(side: Side | undefined): boolean {
  const first = side?.blocks[0]?.type;
  return first === "thinking" || first === "redacted_thinking";
}

function checkToolReferences(messages: JsonObject[], profile: MessagesProfile): void {
  if (profile.takesToolReferences) return;
  for (const [at, message] of messages.entries()) {
    for (const block of blocksOf(message)) {
      if (asArray(block.content).some((part) => asObject(part).type === "tool_reference")) {
        throw invalidRequest(
          `the message at position ${at} with role 'user' contains an invalid part type: tool_reference`,
        );
      }
    }
  }
}

function checkThinkingBeforeCalls(
  messages: JsonObject[],
  missing: NonNullable<MessagesProfile["missingThinking"]>,
): void {
  for (const [at, message] of messages.entries()) {
    const types = blocksOf(message).map((block) => block.type);
    const firstCall = types.indexOf("tool_use");
    if (message.role === "assistant" && firstCall >= 0 && !types.slice(0, firstCall).includes("thinking"))
      throw missing(at);
  }
}

// A thought may be left out where the provider allows it, but never swapped for another one.
function checkOrigin(messages: JsonObject[], exchange: Exchange): void {
  for (const [at, message] of messages.entries()) {
    const blocks = blocksOf(message);
    const thought = blocks.find((block) => block.type === "thinking");
    if (!thought) continue;
    for (const block of blocks) {
      if (block.type !== "tool_use") continue;
      if (exchange.memory.accepts(String(block.id), String(block.name), block.input, String(thought.thinking)))
        continue;
      throw invalidRequest(
        `messages.${at}.content.0: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be ` +
          "modified. These blocks must remain as they were in the original response.",
      );
    }
  }
}
