import { endOfString } from "../express/end-of-string.ts";
import type { WireObject } from "../wire/json-object.ts";
import { reasoningFormat } from "./reasoning-format.ts";

/*
 * Clients read a thought in one of three forms and bring back what they have read; a provider's own answer has one of
 * them. On the express lane, which leaves answers as they are, the others are added.
 */

/** Completes the message of a whole answer, in place. */
export function showThought(message: WireObject): void {
  const thought = [message.reasoning_content, message.reasoning].find((one) => typeof one === "string" && one !== "");
  if (thought === undefined) return;
  message.reasoning_content ??= thought;
  message.reasoning ??= thought;
  message.reasoning_details ??= [{ type: "reasoning.text", text: thought, format: reasoningFormat, index: 0 }];
}

const thoughtKey = /"(reasoning|reasoning_content)":\s*"(?!")/;

/**
 * Completes one chunk of a stream, unparsed.
 * @returns undefined when there is nothing to add
 */
export function showThoughtInChunk(chunk: string): string | undefined {
  if (!chunk.includes('"reasoning')) return undefined;
  const match = thoughtKey.exec(chunk);
  if (match === null || chunk.includes('"reasoning_details":')) return undefined;
  const from = match.index + match[0].length - 1;
  const to = endOfString(chunk, from) + 1;
  const value = chunk.slice(from, to);
  const other = match[1] === "reasoning" ? "reasoning_content" : "reasoning";
  const twin = chunk.includes(`"${other}":`) ? "" : `,"${other}":${value}`;
  const detail = `{"type":"reasoning.text","text":${value},"format":"${reasoningFormat}","index":0}`;
  return `${chunk.slice(0, to)}${twin},"reasoning_details":[${detail}]${chunk.slice(to)}`;
}
