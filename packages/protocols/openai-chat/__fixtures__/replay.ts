import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { checkEvents } from "../../grammar/check-events.ts";
import { createAnswerAccumulator, type ChatAnswer } from "../../model/chat-answer.ts";
import type { ChatEvent } from "../../model/chat-event.ts";
import type { DecodeAnswerContext } from "../../protocol-contract.ts";
import { generic } from "../../vendors/generic.ts";
import { createStreamDecoder } from "../decode-stream.ts";

/** Ids that count up, so that two runs can be compared. */
export function countingContext(over: Partial<DecodeAnswerContext> = {}): DecodeAnswerContext {
  let next = 0;
  return { profile: generic, newId: (prefix) => `${prefix}new${next++}`, ...over };
}

export function loadFixture(name: string): Buffer {
  return readFileSync(new URL(`${name}.sse`, import.meta.url));
}

/** Decodes a stream that arrives in these pieces. */
export function replay(pieces: readonly string[], over: Partial<DecodeAnswerContext> = {}): ChatEvent[] {
  const events: ChatEvent[] = [];
  const decoder = createStreamDecoder(countingContext(over), (event) => events.push(event));
  for (const piece of pieces) decoder.write(piece);
  decoder.end();
  expect(checkEvents(events)).toEqual([]);
  return events;
}

/** Writes chunk objects as a stream; `[DONE]` follows unless said otherwise. */
export function streamOf(chunks: readonly unknown[], done = true): string {
  const head = { id: "c1", object: "chat.completion.chunk", created: 1, model: "m" };
  const lines = chunks.map((chunk) => `data: ${JSON.stringify({ ...head, ...(chunk as object) })}\n\n`);
  return lines.join("") + (done ? "data: [DONE]\n\n" : "");
}

/** One chunk with this delta. */
export function delta(fields: object, finishReason: string | null = null): object {
  return { choices: [{ index: 0, delta: fields, finish_reason: finishReason }] };
}

export function fold(events: readonly ChatEvent[]): ChatAnswer {
  const accumulator = createAnswerAccumulator();
  for (const event of events) accumulator.add(event);
  return accumulator.answer();
}
