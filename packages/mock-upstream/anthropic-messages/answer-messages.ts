import type { Turn } from "../agent/conversation.ts";
import { planTurn } from "../agent/plan-turn.ts";
import { invalidRequest } from "../answer.ts";
import type { Answer } from "../answer.ts";
import { estimateTokens } from "../estimate-tokens.ts";
import type { Exchange } from "../exchange.ts";
import { garbleTurn } from "../faults/garble-turn.ts";
import { spoilIds } from "../faults/spoil-ids.ts";
import { asObject } from "../json-object.ts";
import { drawId } from "../random-source.ts";
import { checkBlocks } from "./check-blocks.ts";
import { checkConversation } from "./check-conversation.ts";
import { checkMessagesRequest, readBetas } from "./check-request.ts";
import { checkMessagesTools } from "./check-tools.ts";
import type { MessagesProfile } from "./profile.ts";
import { lookUpPrompt, promptText } from "./prompt-usage.ts";
import type { PromptUsage } from "./prompt-usage.ts";
import { readMessagesConversation } from "./read-conversation.ts";
import { makeRedacted, signThinking } from "./signature.ts";
import { writeMessage } from "./write-message.ts";
import type { BlockMark, MessageReply } from "./write-message.ts";
import { writeMessageStream } from "./write-stream.ts";

/** Answers POST /messages. @throws Refusal in Anthropic's words */
export function answerMessages(exchange: Exchange, profile: MessagesProfile): Answer {
  const { body, model, fault } = exchange;
  check(exchange, profile, false);
  const prompt = measurePrompt(exchange, profile);
  const planned = planTurn(readMessagesConversation(body, model, thinks(exchange, profile)), exchange.seed);
  const ids = planned.parts.filter((part) => part.type === "call").map(() => `toolu_01${drawId(exchange.draw, 22)}`);
  const turn = hideThinking(garbleTurn(planned, fault, ids), exchange);
  rememberThinking(exchange, hideThinking(planned, exchange), ids);
  const reply: MessageReply = {
    id: `msg_01${drawId(exchange.draw, 22)}`,
    model,
    turn,
    marks: markParts(turn, ids, exchange),
    prompt,
    outputTokens: countOutput(planned),
    seed: exchange.seed,
  };
  const whole = writeMessage(reply, fault);
  if (body.stream !== true) return { kind: "json", status: 200, body: whole };
  return { kind: "stream", events: writeMessageStream(reply, fault), whole };
}

/** Answers POST /messages/count_tokens. */
export function answerCount(exchange: Exchange, profile: MessagesProfile): Answer {
  check(exchange, profile, true);
  return { kind: "json", status: 200, body: { input_tokens: estimateTokens(promptText(exchange.body)) } };
}

function check(exchange: Exchange, profile: MessagesProfile, isCount: boolean): void {
  const { body, model, headers } = exchange;
  if (!exchange.strictness.strict) return;
  if (profile.isAnthropic) {
    if (headers["anthropic-version"] === undefined) throw invalidRequest("anthropic-version: header is required");
    const betas = readBetas(headers["anthropic-beta"]);
    checkMessagesRequest(body, model, betas, isCount);
    if (!profile.knowsModel(model)) throw profile.unknownModel(model);
    checkMessagesTools(body, betas);
    checkBlocks(body.messages, betas);
  } else {
    if (!profile.knowsModel(model)) throw profile.unknownModel(model);
    if (!Array.isArray(body.messages)) throw invalidRequest("messages: Field required");
  }
  checkConversation(exchange, profile, thinks(exchange, profile));
}

function thinks(exchange: Exchange, profile: MessagesProfile): boolean {
  const { type } = asObject(exchange.body.thinking);
  return type === undefined ? profile.thinksByDefault(exchange.model) : type === "enabled" || type === "adaptive";
}

function measurePrompt(exchange: Exchange, profile: MessagesProfile): PromptUsage {
  const { body, model, headers, record, fault, strictness } = exchange;
  const { usage, known, extendsEarlier } = lookUpPrompt(
    body,
    `${profile.name} ${model} ${exchange.apiKey}`,
    exchange.cache,
  );
  record.promptTokens = usage.total;
  record.cachedTokens = known;
  record.prefixOfPrevious = extendsEarlier;
  const limit =
    fault.context ?? strictness.contextWindow ?? profile.contextWindow(model, betaList(headers["anthropic-beta"]));
  if (usage.total > limit) throw profile.overflow(usage.total, limit);
  return usage;
}

function betaList(header: string | string[] | undefined): string[] {
  return String(header ?? "")
    .split(",")
    .map((beta) => beta.trim());
}

// With display "omitted" the thought is not shown, but its signature still stands for it.
function hideThinking(turn: Turn, exchange: Exchange): Turn {
  if (asObject(exchange.body.thinking).display !== "omitted") return turn;
  return { ...turn, parts: turn.parts.map((part) => (part.type === "reasoning" ? { ...part, text: "" } : part)) };
}

function markParts(turn: Turn, ids: string[], exchange: Exchange): BlockMark[] {
  const scope = { seed: exchange.seed, model: exchange.model };
  const left = spoilIds(ids, exchange.fault, exchange.draw);
  return turn.parts.map((part) => {
    if (part.type === "call") return { id: left.shift() };
    if (part.type === "search") return { id: `srvtoolu_01${drawId(exchange.draw, 22)}` };
    if (part.type === "text") return {};
    const nonce = drawId(exchange.draw, 9);
    return exchange.fault.redacted
      ? { redacted: makeRedacted(scope, nonce) }
      : { signature: signThinking(scope, part.text, nonce) };
  });
}

function rememberThinking(exchange: Exchange, planned: Turn, ids: string[]): void {
  const thought = planned.parts.find((part) => part.type === "reasoning");
  if (!thought) return;
  for (const [index, call] of planned.parts.filter((part) => part.type === "call").entries()) {
    exchange.memory.remember(ids[index] ?? "", call.name, call.input, thought.text);
  }
}

function countOutput(turn: Turn): number {
  return turn.parts.reduce(
    (sum, part) => sum + estimateTokens(part.type === "call" ? part.argumentsText : part.text),
    1,
  );
}
