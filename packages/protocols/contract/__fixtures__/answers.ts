import { expect } from "vitest";
import { checkEvents } from "../../grammar/check-events.ts";
import { createAnswerAccumulator, type ChatAnswer } from "../../model/chat-answer.ts";
import { splitThoughts } from "../../healing/split-thoughts.ts";
import type { ChatEvent, EmitEvent } from "../../model/chat-event.ts";
import type { ToolCallPart } from "../../model/content.ts";
import type { FinishReason } from "../../model/finish-reason.ts";
import type { Usage } from "../../model/usage.ts";
import type { DecodeAnswerContext, EncodeAnswerContext, Protocol } from "../../protocol-contract.ts";
import { sealEvents } from "../../reasoning/seal-events.ts";
import { createSealer, type Sealer } from "../../reasoning/sealer.ts";
import { generic } from "../../vendors/generic.ts";

export const origin = "test/model";

export function testSealer(): Sealer {
  return createSealer(new Uint8Array(32).fill(7));
}

/** Ids that count up, so that two runs can be compared; long enough to be kept by a second decoder. */
export function countingContext(over: Partial<DecodeAnswerContext> = {}): DecodeAnswerContext {
  let next = 0;
  return { profile: generic, newId: (prefix) => `${prefix}new${1000 + next++}`, ...over };
}

export const clientContext: EncodeAnswerContext = {
  requestedModel: "moonshotai/kimi-k2-thinking",
  id: "abc123",
  created: 1_700_000_000,
  includeUsage: true,
};

function collect({ profile: { thinkTags } }: DecodeAnswerContext, events: ChatEvent[]): EmitEvent {
  const emit: EmitEvent = (event) => events.push(event);
  return thinkTags === undefined ? emit : splitThoughts(thinkTags, emit);
}

/** Decodes a stream that arrives in these pieces, the way the pipeline does, and holds it to the grammar of events. */
export function decodePieces(
  protocol: Protocol,
  pieces: readonly Uint8Array[],
  over: Partial<DecodeAnswerContext> = {},
): ChatEvent[] {
  const events: ChatEvent[] = [];
  const text = new TextDecoder();
  const context = countingContext(over);
  const decoder = protocol.createStreamDecoder(context, collect(context, events));
  for (const piece of pieces) decoder.write(text.decode(piece, { stream: true }));
  const rest = text.decode();
  if (rest !== "") decoder.write(rest);
  decoder.end();
  expect(checkEvents(events)).toEqual([]);
  return events;
}

export function decodeText(protocol: Protocol, text: string, over: Partial<DecodeAnswerContext> = {}): ChatEvent[] {
  return decodePieces(protocol, [Buffer.from(text)], over);
}

/** Decodes a whole JSON answer. */
export function decodeJson(protocol: Protocol, body: unknown, over: Partial<DecodeAnswerContext> = {}): ChatEvent[] {
  const events: ChatEvent[] = [];
  const context = countingContext(over);
  protocol.decodeResponse(JSON.parse(JSON.stringify(body)), context, collect(context, events));
  expect(checkEvents(events)).toEqual([]);
  return events;
}

/** The events as they reach a client: signatures sealed. */
export function sealAll(events: readonly ChatEvent[]): ChatEvent[] {
  const sealed: ChatEvent[] = [];
  const emit = sealEvents(origin, testSealer(), (event) => sealed.push(event));
  for (const event of events) emit(event);
  return sealed;
}

export function encodeEvents(
  protocol: Protocol,
  events: readonly ChatEvent[],
  over: Partial<EncodeAnswerContext> = {},
): string {
  const encoder = protocol.createStreamEncoder({ ...clientContext, ...over });
  return events.map((event) => encoder.encode(event)).join("");
}

export function fold(events: readonly ChatEvent[]): ChatAnswer {
  const accumulator = createAnswerAccumulator();
  for (const event of events) accumulator.add(event);
  return accumulator.answer();
}

/** What clients of every protocol tell apart: chat has one text, one thought and one refusal, and the calls beside them. */
export interface Gist {
  text: string;
  reasoning: string;
  refusal: string;
  calls: ToolCallPart[];
  finishReason: FinishReason;
  usage: Usage;
}

export function gist({ parts, finishReason, usage }: ChatAnswer): Gist {
  const joined = (type: string): string =>
    parts.map((part) => (part.type === type && "text" in part ? part.text : "")).join("");
  return {
    text: joined("text"),
    reasoning: joined("reasoning"),
    refusal: joined("refusal"),
    calls: parts.filter((part) => part.type === "tool-call"),
    finishReason,
    usage,
  };
}

/** Whether a client can be sent this answer: only a Responses client has free-text tools and tools in namespaces to call. */
export function canBeSent({ name }: Pick<Protocol, "name">, events: readonly ChatEvent[]): boolean {
  if (name === "openai-responses") return true;
  return !events.some(
    (event) =>
      event.type === "block-start" &&
      event.block.type === "tool-call" &&
      (event.block.custom === true || event.block.namespace !== undefined),
  );
}
