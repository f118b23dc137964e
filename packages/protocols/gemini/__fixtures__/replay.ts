import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { checkEvents } from "../../grammar/check-events.ts";
import { createAnswerAccumulator, type ChatAnswer } from "../../model/chat-answer.ts";
import type { ChatEvent } from "../../model/chat-event.ts";
import type { DecodeAnswerContext } from "../../protocol-contract.ts";
import { google } from "../../vendors/google.ts";
import { decodeResponse } from "../decode-response.ts";
import { createStreamDecoder } from "../decode-stream.ts";

/** Ids that count up, so that two runs can be compared. */
export function countingContext(over: Partial<DecodeAnswerContext> = {}): DecodeAnswerContext {
  let next = 0;
  return { profile: google, newId: (prefix) => `${prefix}new${1000 + next++}`, ...over };
}

export function loadFixture(name: string): string {
  return readFileSync(new URL(`${name}.sse`, import.meta.url), "utf8");
}

/** Decodes a stream. */
export function replay(stream: string, over: Partial<DecodeAnswerContext> = {}): ChatEvent[] {
  const events: ChatEvent[] = [];
  const decoder = createStreamDecoder(countingContext(over), (event) => events.push(event));
  decoder.write(stream);
  decoder.end();
  expect(checkEvents(events)).toEqual([]);
  return events;
}

/** Decodes a whole answer, or an array of chunks. */
export function replayWhole(body: unknown, over: Partial<DecodeAnswerContext> = {}): ChatEvent[] {
  const events: ChatEvent[] = [];
  decodeResponse(body, countingContext(over), (event) => events.push(event));
  expect(checkEvents(events)).toEqual([]);
  return events;
}

/** A chunk with these parts. */
export function chunk(parts: object[], over: object = {}, more: object = {}): object {
  return {
    candidates: [{ content: { parts, role: "model" }, index: 0, ...over }],
    modelVersion: "gemini-3-pro-preview",
    responseId: "r1",
    ...more,
  };
}

export const stop = { finishReason: "STOP" };

export function streamOf(...chunks: object[]): string {
  return chunks.map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`).join("");
}

export function fold(events: readonly ChatEvent[]): ChatAnswer {
  const accumulator = createAnswerAccumulator();
  for (const event of events) accumulator.add(event);
  return accumulator.answer();
}
