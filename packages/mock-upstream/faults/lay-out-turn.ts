import type { Turn, TurnPart } from "../agent/conversation.ts";
import type { Fault } from "./fault.ts";

/** One small step of telling a turn: a part opens, grows, closes. `part` counts from 0. */
export type Stroke =
  | { type: "open"; part: number }
  | { type: "grow"; part: number; text: string }
  | { type: "close"; part: number };

const textLength = 24;
const argumentLength = 12;
const manyChunks = 400;

/** Cuts a turn into the strokes that a stream sends one by one. */
export function layOutTurn(turn: Turn, fault: Fault): Stroke[] {
  const tellings = turn.parts.map((part, index) => tellPart(part, index, fault));
  if (fault.calls !== "interleaved") return tellings.flat();
  const isCall = (index: number) => turn.parts[index]?.type === "call";
  const others = tellings.filter((_, index) => !isCall(index));
  return [...others.flat(), ...interleave(tellings.filter((_, index) => isCall(index)))];
}

function tellPart(part: TurnPart, index: number, fault: Fault): Stroke[] {
  const grown = cutText(part, fault).map((text): Stroke => ({ type: "grow", part: index, text }));
  return [{ type: "open", part: index }, ...grown, { type: "close", part: index }];
}

function cutText(part: TurnPart, fault: Fault): string[] {
  if (part.type === "search") return [];
  if (part.type !== "call") return splitText(part.text, textLength);
  if (fault.args === "one") return [part.argumentsText];
  if (fault.args === "many") return splitMany(part.argumentsText);
  return splitText(part.argumentsText, argumentLength);
}

function splitText(text: string, length: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    let end = Math.min(at + length, text.length);
    // A model's tokens are decoded to whole characters; half a surrogate pair would not survive JSON.
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end += 1;
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

function splitMany(text: string): string[] {
  const characters = [...text];
  const empty = Math.max(0, manyChunks - characters.length);
  return [...characters, ...Array.from({ length: empty }, () => "")];
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function interleave(tellings: Stroke[][]): Stroke[] {
  const woven: Stroke[] = [];
  const longest = Math.max(0, ...tellings.map((telling) => telling.length));
  for (let at = 0; at < longest; at++) {
    for (const telling of tellings) {
      const stroke = telling[at];
      if (stroke && stroke.type !== "close") woven.push(stroke);
    }
  }
  return [...woven, ...tellings.map((telling) => telling.at(-1)).filter((stroke) => stroke !== undefined)];
}
