import type { BlockStart, ChatEvent } from "../model/chat-event.ts";
import type { WebSearchPart } from "../model/content.ts";
import type { EncodeAnswerContext, StreamEncoder } from "../protocol-contract.ts";
import { encodeDataEvent } from "../sse/encode-sse.ts";
import type { WireObject } from "../wire/json-object.ts";
import { encodeFinishReason, readEndFields } from "./encode-finish.ts";
import { encodeGrounding } from "./encode-grounding.ts";
import { encodeErrorBody } from "./errors.ts";
import { encodeUsage } from "./usage.ts";
import { createPartWriter } from "./write-parts.ts";

/**
 * Writes GenerateContentResponse chunks: server-sent events, or for a request without `alt=sse` the items of one JSON array.
 * A call goes out when it is complete, because its arguments are an object. Usage stands in the last chunk.
 */
export function createStreamEncoder(context: EncodeAnswerContext): StreamEncoder {
  const tail = `"modelVersion":${JSON.stringify(context.requestedModel)},"responseId":${JSON.stringify(context.id)}}`;
  const isArray = context.framing === "json-array";
  const writer = createPartWriter(context);
  const searches: WebSearchPart[] = [];
  let block: BlockStart | undefined;
  /** Of a call its arguments, of a thought what it is sealed with. */
  let held = "";
  let anyItem = false;
  let anyPart = false;

  function item(json: string): string {
    if (!isArray) return encodeDataEvent(json);
    const before = anyItem ? ",\r\n" : "[";
    anyItem = true;
    return before + json;
  }

  function chunk(part: WireObject | undefined): string {
    if (part === undefined) return "";
    anyPart = true;
    return item(`{"candidates":[{"content":{"parts":[${JSON.stringify(part)}],"role":"model"},"index":0}],${tail}`);
  }

  function delta(text: string): string {
    switch (block?.type) {
      case "text":
      case "refusal":
        return chunk(writer.text(text));
      case "reasoning":
        held += text;
        return chunk(writer.thought(text));
      case "tool-call":
        held += text;
        return "";
      default:
        return "";
    }
  }

  function stop(signature: string | undefined): string {
    const ended = block;
    const text = held;
    block = undefined;
    held = "";
    switch (ended?.type) {
      case "reasoning": {
        const { redacted } = ended;
        writer.keep({
          type: "reasoning",
          text,
          ...(redacted === undefined ? {} : { redacted }),
          ...(signature === undefined ? {} : { signature }),
        });
        return "";
      }
      case "tool-call":
        return chunk(writer.call(ended.id, ended.name, text));
      case "opaque":
        return ended.protocol === "gemini" ? chunk(writer.opaque(ended.value)) : "";
      case "web-search":
        searches.push(ended);
        return "";
      default:
        return "";
    }
  }

  function finish(event: Extract<ChatEvent, { type: "finish" }>): string {
    const { candidate, usageMetadata, promptFeedback } = readEndFields(event.extensions?.gemini);
    const usage = JSON.stringify({ ...encodeUsage(event.usage), ...usageMetadata });
    const feedback = promptFeedback === undefined ? "" : `"promptFeedback":${JSON.stringify(promptFeedback)},`;
    const rest = writer.rest();
    const end = isArray ? "]" : "";
    if (promptFeedback?.blockReason !== undefined && !anyPart && rest === undefined) {
      return item(`{${feedback}"usageMetadata":${usage},${tail}`) + end;
    }
    const grounding = encodeGrounding(searches);
    const fields = JSON.stringify({
      content: { parts: [rest ?? { text: "" }], role: "model" },
      finishReason: encodeFinishReason(event.reason),
      index: 0,
      ...(grounding === undefined ? {} : { groundingMetadata: grounding }),
      ...candidate,
    });
    return item(`{"candidates":[${fields}],${feedback}"usageMetadata":${usage},${tail}`) + end;
  }

  return {
    encode(event) {
      switch (event.type) {
        case "block-start":
          block = event.block;
          return "";
        case "block-delta":
          return delta(event.text);
        case "block-stop":
          return stop(event.signature);
        case "finish":
          return finish(event);
        case "error":
          return item(JSON.stringify({ error: encodeErrorBody(event.error) })) + (isArray ? "]" : "");
        case "start":
        case "usage":
        case "opaque-event":
          return "";
      }
    },
    // Not a comment: Google's SDKs parse every line. White space may stand anywhere between the items of an array.
    keepAlive: () =>
      isArray
        ? "\n"
        : encodeDataEvent(`{"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"index":0}],${tail}`),
  };
}
