import type { ChatAnswer, OpaqueEvent } from "../model/chat-answer.ts";
import type { RefusalPart, TextPart, WebSearchResult } from "../model/content.ts";
import type { EncodeAnswerContext } from "../protocol-contract.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { compactAnswer } from "./compaction.ts";
import { encodeFailure } from "./errors.ts";
import { encodeToolSearch, encodeWebSearch } from "./hosted-items.ts";
import {
  callPrefix,
  citeSources,
  itemIds,
  wholeArguments,
  writeCall,
  writeMessage,
  writeReasoning,
  type SaidPart,
} from "./output-items.ts";
import { endState, writeResponse } from "./response-object.ts";

/** Writes a whole answer as a response object. */
export function encodeResponse(given: ChatAnswer, context: EncodeAnswerContext): Record<string, unknown> {
  const answer = context.echo?.compaction === true ? compactAnswer(given, context.id) : given;
  const output = encodeOutput(answer, context);
  const hasRefusal = answer.parts.some((part) => part.type === "refusal");
  const state = endState(answer.finishReason, hasRefusal);
  state.usage = answer.usage;
  if (answer.error !== undefined) state.error = encodeFailure(answer.error);
  const others = answer.extensions?.["openai-responses"];
  if (others !== undefined) state.others = others;
  return { ...writeResponse(context, state), output };
}

function encodeOutput(answer: ChatAnswer, context: EncodeAnswerContext): WireObject[] {
  const output: WireObject[] = [];
  const nextId = itemIds(context.id);
  const found: WebSearchResult[] = [];
  let said: SaidPart[] | undefined;
  const isCut = endState(answer.finishReason, false).status === "incomplete";
  for (const [index, part] of answer.parts.entries()) {
    if (part.type === "text" || part.type === "refusal") {
      // Texts that follow each other are parts of one message, unless there is something to say of the second.
      const fields = messageFields(answer.opaqueEvents, index - 1);
      if (said === undefined || fields !== undefined) {
        said = [];
        const isLast = answer.parts.slice(index).every((one) => one.type === "text" || one.type === "refusal");
        const status = isCut && isLast ? "incomplete" : "completed";
        output.push(writeMessage(nextId("msg"), [], status, fields));
      }
      said.push(describePart(part, eventsOf(answer.opaqueEvents, index), found));
      const message = output.at(-1);
      if (message !== undefined) message.content = writeMessage("", said, "completed", undefined).content;
      continue;
    }
    said = undefined;
    switch (part.type) {
      case "reasoning":
        output.push(writeReasoning(nextId("rs"), part.text, part.signature, part.redacted));
        break;
      case "tool-call": {
        const text = wholeArguments(part, part.arguments);
        output.push(writeCall(nextId(callPrefix(part)), part, text, "completed"));
        break;
      }
      case "web-search":
        found.push(...part.results);
        output.push(encodeWebSearch(part));
        break;
      case "tool-search":
        output.push(...encodeToolSearch(part));
        break;
      case "opaque":
        if (part.protocol === "openai-responses") output.push(part.value);
    }
  }
  return output;
}

function describePart(part: TextPart | RefusalPart, events: WireObject[], found: readonly WebSearchResult[]): SaidPart {
  const { type, text } = part;
  const annotations: unknown[] = events.flatMap(({ annotation }) => (isObject(annotation) ? [annotation] : []));
  const logprobs = events.flatMap(({ logprobs: list }) => (Array.isArray(list) ? (list as unknown[]) : []));
  if (type === "text") annotations.push(...citeSources(text, found));
  return { type, text, annotations, logprobs };
}

function eventsOf(events: readonly OpaqueEvent[] | undefined, part: number): WireObject[] {
  const own = events?.filter((event) => event.part === part && event.protocol === "openai-responses");
  return own?.map((event) => event.value) ?? [];
}

/** Fields of a message come before its first part, see read-item.ts. */
function messageFields(events: readonly OpaqueEvent[] | undefined, part: number): WireObject | undefined {
  const fields = eventsOf(events, part).findLast(({ message }) => isObject(message))?.message;
  return isObject(fields) ? fields : undefined;
}
