import { readFileSync } from "node:fs";
import { expect } from "vitest";
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
  checkGrammar(events);
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

/** start (block-start block-delta* block-stop)* finish, or an error at any point and nothing after it. */
export function checkGrammar(events: readonly ChatEvent[]): void {
  let open = false;
  let next = 0;
  for (const [at, event] of events.entries()) {
    if (at === 0) expect(["start", "error"]).toContain(event.type);
    else expect(event.type).not.toBe("start");
    if (event.type === "block-start") {
      expect(open).toBe(false);
      expect(event.index).toBe(next);
      open = true;
    } else if (event.type === "block-delta") {
      expect(open).toBe(true);
      expect(event.index).toBe(next);
      expect(event.text).not.toBe("");
    } else if (event.type === "block-stop") {
      expect(open).toBe(true);
      expect(event.index).toBe(next++);
      open = false;
    } else if (event.type === "finish") expect(open).toBe(false);
    if (event.type === "finish" || event.type === "error") expect(at).toBe(events.length - 1);
  }
  expect(["finish", "error"]).toContain(events.at(-1)?.type);
}
