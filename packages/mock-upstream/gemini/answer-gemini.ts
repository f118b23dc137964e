import { planTurn } from "../agent/plan-turn.ts";
import type { Turn } from "../agent/conversation.ts";
import { Refusal } from "../answer.ts";
import type { Answer } from "../answer.ts";
import { estimateTokens } from "../estimate-tokens.ts";
import type { Exchange } from "../exchange.ts";
import { garbleTurn } from "../faults/garble-turn.ts";
import { spoilIds } from "../faults/spoil-ids.ts";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { drawId } from "../random-source.ts";
import { camelCase } from "./camel-case.ts";
import { checkContents } from "./check-contents.ts";
import { checkGeminiRequest } from "./check-request.ts";
import { checkSignatures } from "./check-signatures.ts";
import { checkGeminiTools } from "./check-tools.ts";
import { isGeminiModel, isThirdGeneration, mustThink } from "./models.ts";
import { readGeminiConversation } from "./read-conversation.ts";
import { refuseUnknown } from "./refuse.ts";
import { makeSignature } from "./thought-signature.ts";
import { writeGeminiAnswer, writeGeminiStream } from "./write-answer.ts";
import type { GeminiReply, GeminiUsage, PartMark } from "./write-answer.ts";

/** How a request wants its answer: whole, as server-sent events or as one JSON array that grows. */
export type GeminiForm = "whole" | "sse" | "json-array";

/** Answers generateContent and streamGenerateContent. @throws Refusal in Google's words */
export function answerGemini(exchange: Exchange, form: GeminiForm): Answer {
  const { model, fault } = exchange;
  const body = asObject(camelCase(exchange.body));
  check(exchange, body, "generateContent");
  const prompt = lookUpPrompt(exchange, body);
  const planned = planTurn(readGeminiConversation(body, model, thinks(model, body)), exchange.seed);
  const calls = planned.parts.filter((part) => part.type === "call");
  const ids = calls.map(() => (isThirdGeneration(model) ? drawId(exchange.draw, 8) : ""));
  const turn = garbleTurn(planned, fault, ids);
  const marks = markParts(turn, ids, exchange);
  rememberSignatures(exchange, turn, marks);
  const reply: GeminiReply = {
    id: drawId(exchange.draw, 22),
    model,
    turn,
    marks,
    showsThoughts: asObject(asObject(body.generationConfig).thinkingConfig).includeThoughts === true,
    usage: countUsage(turn, prompt),
  };
  const whole = writeGeminiAnswer(reply, fault);
  if (form === "whole") return { kind: "json", status: 200, body: whole };
  return { kind: "stream", events: writeGeminiStream(reply, fault), whole, framing: form };
}

/** Answers countTokens, which takes either contents alone or a whole request. */
export function answerGeminiCount(exchange: Exchange): Answer {
  const body = asObject(camelCase(exchange.body));
  refuseUnknown(body, ["contents", "generateContentRequest", "model"], "");
  const { model: _, ...request } = asObject(body.generateContentRequest ?? { contents: body.contents });
  check(exchange, request, "countTokens");
  const totalTokens = estimateTokens(promptText(request));
  return {
    kind: "json",
    status: 200,
    body: { totalTokens, promptTokensDetails: [{ modality: "TEXT", tokenCount: totalTokens }] },
  };
}

function check(exchange: Exchange, body: JsonObject, method: string): void {
  const { model, strictness } = exchange;
  if (!strictness.strict) return;
  if (!isGeminiModel(model)) {
    throw new Refusal(
      404,
      `models/${model} is not found for API version v1beta, or is not supported for ${method}. Call ListModels to see the list of available models and their supported methods.`,
      { type: "NOT_FOUND" },
    );
  }
  checkGeminiRequest(body, model);
  checkGeminiTools(body);
  checkContents(body);
  checkSignatures(asArray(body.contents).map(asObject), exchange);
}

function thinks(model: string, body: JsonObject): boolean {
  const { thinkingBudget } = asObject(asObject(body.generationConfig).thinkingConfig);
  return thinkingBudget === 0 ? mustThink(model) : !/^gemini-(1|2\.0)/.test(model);
}

function lookUpPrompt(exchange: Exchange, body: JsonObject): { tokens: number; cached: number } {
  const { model, apiKey, record, fault, strictness } = exchange;
  const text = promptText(body);
  const tokens = estimateTokens(text);
  const found = exchange.cache.look(`gemini ${model} ${apiKey}`, text);
  record.promptTokens = tokens;
  record.cachedTokens = found.cachedTokens;
  record.prefixOfPrevious = found.extendsEarlier;
  const limit = fault.context ?? strictness.contextWindow ?? 1_048_576;
  if (tokens <= limit) return { tokens, cached: found.cachedTokens };
  throw new Refusal(400, `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${limit}).`, {
    type: "INVALID_ARGUMENT",
  });
}

// Without the closing bracket, the text of an earlier history is a prefix of the text of its continuation.
function promptText(body: JsonObject): string {
  const { tools = [], systemInstruction = "", contents = [] } = body;
  return `${JSON.stringify(tools)}\n${JSON.stringify(systemInstruction)}\n${JSON.stringify(contents).slice(0, -1)}`;
}

// The first call of a turn is signed; without calls, from Gemini 3 on, the last text.
function markParts(turn: Turn, ids: string[], exchange: Exchange): PartMark[] {
  const { seed, model, fault, draw } = exchange;
  // Calls of older models have no ids.
  const left = ids.includes("") ? [...ids] : spoilIds(ids, fault, draw);
  const firstCall = turn.parts.findIndex((part) => part.type === "call");
  const signedPart = firstCall >= 0 ? firstCall : isThirdGeneration(model) ? turn.parts.length - 1 : -1;
  const hasThought = turn.parts.some((part) => part.type === "reasoning");
  return turn.parts.map((part, index) => {
    const signature =
      hasThought && index === signedPart && part.type !== "reasoning"
        ? { signature: makeSignature({ seed, model }, drawId(draw, 12)) }
        : {};
    if (part.type !== "call") return signature;
    const id = left.shift();
    return { ...(id && fault.calls !== "no-id" ? { id } : {}), ...signature };
  });
}

function rememberSignatures(exchange: Exchange, turn: Turn, marks: PartMark[]): void {
  const thought = turn.parts.find((part) => part.type === "reasoning")?.text ?? "";
  for (const [index, part] of turn.parts.entries()) {
    const { id = "", signature } = marks[index] ?? {};
    if (part.type !== "call" || signature === undefined) continue;
    exchange.memory.remember(id, part.name, part.input, signature);
    // A conversation may go on with a provider that wants the words themselves.
    exchange.memory.remember(id, part.name, part.input, thought);
  }
}

function countUsage(turn: Turn, prompt: { tokens: number; cached: number }): GeminiUsage {
  let [candidate, thoughts] = [0, 0];
  for (const part of turn.parts) {
    const tokens = estimateTokens(part.type === "call" ? part.argumentsText : part.text);
    if (part.type === "reasoning") thoughts += tokens;
    else candidate += tokens;
  }
  return { prompt: prompt.tokens, cached: prompt.cached, candidate: Math.max(1, candidate), thoughts };
}
