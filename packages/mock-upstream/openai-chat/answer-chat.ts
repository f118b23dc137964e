import { planTurn } from "../agent/plan-turn.ts";
import type { Turn } from "../agent/conversation.ts";
import type { Answer } from "../answer.ts";
import { estimateTokens } from "../estimate-tokens.ts";
import type { Exchange } from "../exchange.ts";
import { garbleTurn } from "../faults/garble-turn.ts";
import { spoilIds } from "../faults/spoil-ids.ts";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { drawId } from "../random-source.ts";
import { checkChatMessages } from "./check-messages.ts";
import { checkChatRequest } from "./check-request.ts";
import type { ChatDialect, ChatUsage } from "./dialects/dialect.ts";
import { readChatConversation } from "./read-conversation.ts";
import { writeChatCompletion } from "./write-completion.ts";
import type { ChatReply } from "./write-completion.ts";
import { sealReasoning } from "./write-reasoning.ts";
import { writeChatStream } from "./write-stream.ts";

/** Answers POST /chat/completions. @throws Refusal in the dialect's own words */
export function answerChat(exchange: Exchange, dialect: ChatDialect): Answer {
  const { body, model, fault } = exchange;
  if (exchange.strictness.strict) {
    if (!dialect.knowsModel(model)) throw dialect.unknownModel(model);
    checkChatRequest(body, dialect);
    checkChatMessages(body, dialect);
    dialect.checkRules(exchange);
  }
  const prompt = lookUpPrompt(exchange, dialect);
  const thinks = dialect.thinks(model, body);
  const planned = planTurn(readChatConversation(body, model, thinks), exchange.seed);
  const firstCall = countPastCalls(body);
  const nameCall = (index: number, name: string) =>
    dialect.callId(firstCall + index, name, (length) => drawId(exchange.draw, length));
  const ids = planned.parts.filter((part) => part.type === "call").map((part, index) => nameCall(index, part.name));
  const turn = garbleTurn(planned, fault, ids);
  const callIds = spoilIds(ids, fault, exchange.draw);
  rememberReasoning(exchange, planned, ids);

  const reply: ChatReply = {
    id: `chatcmpl-${drawId(exchange.draw, 24)}`,
    model,
    created: Math.floor(exchange.now / 1000),
    turn,
    callIds,
    usage: countUsage(turn, prompt),
    reasoningForm: dialect.reasoningForm(body),
    seal: sealReasoning(exchange.seed, model, thoughtOf(turn)),
  };
  const whole = writeChatCompletion(reply, dialect, fault);
  if (body.stream !== true) return { kind: "json", status: 200, body: whole };
  const includeUsage = asObject(body.stream_options).include_usage === true;
  return { kind: "stream", events: writeChatStream(reply, dialect, fault, includeUsage), whole };
}

function lookUpPrompt(exchange: Exchange, dialect: ChatDialect): { tokens: number; cached: number } {
  const { body, model, record, fault, strictness } = exchange;
  // Without the closing bracket, the text of an earlier history is a prefix of the text of its continuation.
  const text = `${JSON.stringify(body.tools ?? [])}\n${JSON.stringify(body.messages ?? []).slice(0, -1)}`;
  const tokens = estimateTokens(text);
  const found = exchange.cache.look(`${dialect.name} ${model} ${exchange.apiKey}`, text);
  record.promptTokens = tokens;
  record.cachedTokens = found.cachedTokens;
  record.prefixOfPrevious = found.extendsEarlier;
  const limit = fault.context ?? strictness.contextWindow ?? dialect.contextWindow(model);
  if (tokens > limit) throw dialect.overflow(model, tokens, limit);
  return { tokens, cached: found.cachedTokens };
}

function countPastCalls(body: JsonObject): number {
  return asArray(body.messages).reduce<number>((sum, message) => sum + asArray(asObject(message).tool_calls).length, 0);
}

function rememberReasoning(exchange: Exchange, planned: Turn, callIds: string[]): void {
  const reasoning = planned.parts.find((part) => part.type === "reasoning");
  if (!reasoning) return;
  const calls = planned.parts.filter((part) => part.type === "call");
  for (const [index, call] of calls.entries()) {
    exchange.memory.remember(callIds[index] ?? "", call.name, call.input, reasoning.text);
  }
}

function thoughtOf({ parts }: Turn): string {
  return parts.map((part) => (part.type === "reasoning" ? part.text : "")).join("");
}

function countUsage(turn: Turn, prompt: { tokens: number; cached: number }): ChatUsage {
  const lengths = turn.parts.map((part) => estimateTokens(part.type === "call" ? part.argumentsText : part.text));
  const reasoning = turn.parts.reduce((sum, part, at) => sum + (part.type === "reasoning" ? (lengths[at] ?? 0) : 0), 0);
  const completion = lengths.reduce((sum, length) => sum + length, 0);
  return { prompt: prompt.tokens, cached: prompt.cached, completion: Math.max(1, completion), reasoning };
}
