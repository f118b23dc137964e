import { planTurn } from "../agent/plan-turn.ts";
import type { Turn, TurnPart } from "../agent/conversation.ts";
import { Refusal } from "../answer.ts";
import type { Answer } from "../answer.ts";
import { estimateTokens } from "../estimate-tokens.ts";
import type { Exchange } from "../exchange.ts";
import { garbleTurn } from "../faults/garble-turn.ts";
import { spoilIds } from "../faults/spoil-ids.ts";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { drawId } from "../random-source.ts";
import { answerCompaction, isCompaction } from "./answer-compaction.ts";
import { checkHistory, openSealed, resolveItems } from "./check-history.ts";
import { checkItems } from "./check-items.ts";
import { checkResponsesRequest, wantsEncrypted } from "./check-request.ts";
import { checkResponsesTools } from "./check-tools.ts";
import { encrypt } from "./encrypted-content.ts";
import { contextWindow, isOpenAiModel, isReasoningModel } from "./models.ts";
import { readResponsesConversation } from "./read-conversation.ts";
import { writeResponse } from "./write-response.ts";
import type { ItemMark, ResponsesReply, ResponsesUsage } from "./write-response.ts";
import { writeResponseStream } from "./write-stream.ts";

/** Answers POST /responses. @throws Refusal in OpenAI's words */
export function answerResponses(exchange: Exchange, dialect: string): Answer {
  const { body, model, fault } = exchange;
  const items = check(exchange, dialect);
  const prompt = lookUpPrompt(exchange, items);
  const thinks = isReasoningModel(model) && asObject(body.reasoning).effort !== "none";
  const open = (item: JsonObject) => openSealed(item, exchange);
  const conversation = readResponsesConversation(body, items, model, thinks, open);
  const planned = isCompaction(items) ? undefined : planTurn(conversation, exchange.seed);
  if (!planned) return answerCompaction(exchange, conversation, prompt);

  const ids = planned.parts.filter((part) => part.type === "call").map(() => `call_${drawId(exchange.draw, 24)}`);
  const turn = garbleTurn(planned, fault, ids);
  const marks = markParts(turn, ids, exchange);
  rememberReasoning(exchange, planned, turn, marks, ids);
  const reply: ResponsesReply = {
    id: `resp_${drawId(exchange.draw, 32)}`,
    model,
    created: Math.floor(exchange.now / 1000),
    request: body,
    turn,
    marks,
    showsSummary: asObject(body.reasoning).summary != null || asObject(body.reasoning).generate_summary != null,
    usage: countUsage(turn, prompt),
  };
  const whole = writeResponse(reply, fault);
  if (body.store !== false) exchange.kept.keep(exchange.apiKey, reply.id, items, asArray(whole.output).map(asObject));
  if (body.stream !== true) return { kind: "json", status: 200, body: whole };
  return { kind: "stream", events: writeResponseStream(reply, fault), whole };
}

/** Answers POST /responses/input_tokens. */
export function answerInputTokens(exchange: Exchange, dialect: string): Answer {
  const text = promptText(exchange.body, check(exchange, dialect));
  return {
    kind: "json",
    status: 200,
    body: { object: "response.input_tokens", input_tokens: estimateTokens(text) },
  };
}

function check(exchange: Exchange, dialect: string): JsonObject[] {
  const { body, model, strictness } = exchange;
  if (!strictness.strict) return resolveItems(exchange);
  checkResponsesRequest(body, model);
  if (dialect === "openai" && !isOpenAiModel(model)) {
    throw new Refusal(400, `The requested model '${model}' does not exist.`, {
      type: "invalid_request_error",
      param: "model",
      code: "model_not_found",
    });
  }
  checkResponsesTools(body);
  if (Array.isArray(body.input)) checkItems(body.input);
  const items = resolveItems(exchange);
  checkHistory(items, exchange);
  return items;
}

function lookUpPrompt(exchange: Exchange, items: JsonObject[]): { tokens: number; cached: number } {
  const { body, model, apiKey, record, fault, strictness } = exchange;
  const text = promptText(body, items);
  const tokens = estimateTokens(text);
  const found = exchange.cache.look(`responses ${model} ${apiKey}`, text);
  record.promptTokens = tokens;
  record.cachedTokens = found.cachedTokens;
  record.prefixOfPrevious = found.extendsEarlier;
  const limit = fault.context ?? strictness.contextWindow ?? contextWindow(model);
  if (tokens <= limit) return { tokens, cached: found.cachedTokens };
  throw new Refusal(
    400,
    "Your input exceeds the context window of this model. Please adjust your input and try again.",
    { type: "invalid_request_error", param: "input", code: "context_length_exceeded" },
  );
}

// Without the closing bracket, the text of an earlier history is a prefix of the text of its continuation.
function promptText(body: JsonObject, items: JsonObject[]): string {
  return `${JSON.stringify(body.tools ?? [])}\n${JSON.stringify(body.instructions ?? "")}\n${JSON.stringify(items).slice(0, -1)}`;
}

const idPrefixes = { reasoning: "rs", text: "msg", search: "ws", call: "fc" };

function markParts(turn: Turn, ids: string[], exchange: Exchange): ItemMark[] {
  const { seed, apiKey, model, body, fault, draw } = exchange;
  const left = spoilIds(ids, fault, draw);
  return turn.parts.map((part): ItemMark => {
    const prefix =
      part.type === "call" && part.kind ? { custom: "ctc", "tool-search": "tsc" }[part.kind] : idPrefixes[part.type];
    const id = `${prefix}_${drawId(draw, 32)}`;
    if (part.type === "call") return { id, callId: left.shift() };
    if (part.type !== "reasoning" || !wantsEncrypted(body)) return { id };
    return { id, encrypted: encrypt({ seed, apiKey, model }, id) };
  });
}

// What a fault has done to the turn is not remembered: only what the model meant comes back rightly.
function rememberReasoning(exchange: Exchange, planned: Turn, turn: Turn, marks: ItemMark[], ids: string[]): void {
  const at = turn.parts.findIndex((part) => part.type === "reasoning");
  const thought = marks[at];
  if (!thought) return;
  for (const [index, mark] of marks.entries()) if (index > at) exchange.kept.bind(mark.id, thought.id);
  for (const [index, call] of planned.parts.filter((part) => part.type === "call").entries()) {
    const input = call.kind === "custom" ? call.input.input : call.input;
    exchange.memory.remember(ids[index] ?? "", call.name, input, thought.id);
    // A conversation may go on with a provider that wants the words themselves.
    exchange.memory.remember(ids[index] ?? "", call.name, input, textOf(planned.parts[at]));
  }
}

function textOf(part: TurnPart | undefined): string {
  return part?.type === "reasoning" ? part.text : "";
}

function countUsage(turn: Turn, prompt: { tokens: number; cached: number }): ResponsesUsage {
  const lengths = turn.parts.map((part) => estimateTokens(part.type === "call" ? part.argumentsText : part.text));
  const reasoning = turn.parts.reduce((sum, part, at) => sum + (part.type === "reasoning" ? (lengths[at] ?? 0) : 0), 0);
  const output = lengths.reduce((sum, length) => sum + length, 0);
  return { input: prompt.tokens, cached: prompt.cached, output: Math.max(1, output), reasoning };
}
