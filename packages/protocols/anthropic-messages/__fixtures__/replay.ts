import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { checkEvents } from "../../grammar/check-events.ts";
import { createAnswerAccumulator, type ChatAnswer } from "../../model/chat-answer.ts";
import type { AnswerPart } from "../../model/content.ts";
import type { ChatEvent } from "../../model/chat-event.ts";
import type { DecodeAnswerContext } from "../../protocol-contract.ts";
import { generic } from "../../vendors/generic.ts";
import { createStreamDecoder } from "../decode-stream.ts";

/** Ids that count up, so that two runs can be compared. */
export function countingContext(over: Partial<DecodeAnswerContext> = {}): DecodeAnswerContext {
  let next = 0;
  return { profile: generic, newId: (prefix) => `${prefix}new${next++}`, ...over };
}

export function loadFixture(name: string): string {
  return readFileSync(new URL(`${name}.sse`, import.meta.url), "utf8");
}

/** Decodes a stream and holds the events to their grammar. */
export function replay(stream: string, over: Partial<DecodeAnswerContext> = {}): ChatEvent[] {
  const events: ChatEvent[] = [];
  const decoder = createStreamDecoder(countingContext(over), (event) => events.push(event));
  decoder.write(stream);
  decoder.end();
  expect(checkEvents(events)).toEqual([]);
  return events;
}

export function fold(events: readonly ChatEvent[]): ChatAnswer {
  const accumulator = createAnswerAccumulator();
  for (const event of events) accumulator.add(event);
  return accumulator.answer();
}

export interface StreamEvent {
  type: string;
  [field: string]: unknown;
}

/** Writes events as a stream. */
export function streamOf(events: readonly StreamEvent[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

export const start = {
  type: "message_start",
  message: { id: "msg_1", model: "m", usage: { input_tokens: 10, output_tokens: 0 } },
};

export function begin(index: number, block: object): StreamEvent {
  return { type: "content_block_start", index, content_block: block };
}

export function delta(index: number, value: object): StreamEvent {
  return { type: "content_block_delta", index, delta: value };
}

export function stop(index: number): StreamEvent {
  return { type: "content_block_stop", index };
}

export const words = (text: string) => ({ type: "text_delta", text });
export const thinks = (thinking: string) => ({ type: "thinking_delta", thinking });
export const json = (partial_json: string) => ({ type: "input_json_delta", partial_json });
export const sign = (signature: string) => ({ type: "signature_delta", signature });

export const textBlock = { type: "text", text: "" };
export const thinkingBlock = { type: "thinking", thinking: "", signature: "" };

export function useBlock(id: string, input: object = {}): object {
  return { type: "tool_use", id: `toolu_${id}4711x`, name: id, input };
}

export function end(reason: string | null, usage: object = { output_tokens: 5 }, more: object = {}): StreamEvent {
  return { type: "message_delta", delta: { stop_reason: reason, stop_sequence: null, ...more }, usage };
}

export const done = { type: "message_stop" };

/** The parts of an answer that ends well. */
export function answerOf(...events: StreamEvent[]): AnswerPart[] {
  return fold(replay(streamOf([start, ...events, end("end_turn"), done]))).parts;
}
