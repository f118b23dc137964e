import type { BlockStart, ChatEvent } from "../model/chat-event.ts";
import type { EncodeAnswerContext, StreamEncoder } from "../protocol-contract.ts";
import { encodeDataEvent, keepAliveComment } from "../sse/encode-sse.ts";
import { encodeCitations } from "./encode-citations.ts";
import { encodeFinishReason } from "./encode-finish.ts";
import { reasoningFormat } from "./reasoning-format.ts";
import { encodeErrorBody } from "./errors.ts";
import { encodeUsage } from "./usage.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/**
 * Writes chat.completion.chunk events as OpenAI does, with reasoning in all three forms that clients read. A delta is one
 * template and one JSON.stringify of its text: this runs for every token.
 * No `system_fingerprint`: unlike in a whole answer, @openrouter/sdk takes no null here.
 */
export function createStreamEncoder(context: EncodeAnswerContext): StreamEncoder {
  const provider = context.provider === undefined ? "" : `"provider":${JSON.stringify(context.provider)},`;
  let head = headOf(`chatcmpl-${context.id}`, context.created);
  let deltaHead = deltaHeadOf(head);
  const deltaTail = `},"logprobs":null,"finish_reason":null}]}\n\n`;
  let block: BlockStart | undefined;
  let calls = -1;
  let thoughts = -1;
  let hasText = false;
  let hasRefusal = false;

  function headOf(id: string, created: number): string {
    return (
      `{"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${created},` +
      `"model":${JSON.stringify(context.requestedModel)},${provider}"choices":[`
    );
  }

  function deltaHeadOf(start: string): string {
    return `data: ${start}{"index":0,"delta":{`;
  }

  function chunk(delta: string): string {
    return deltaHead + delta + deltaTail;
  }

  /** "Each chunk has the same ID" and the same timestamp (OpenAI's reference), whoever writes it. */
  function adopt(told: string): boolean {
    const first = /^data: ?(\{.*"choices".*)$/m.exec(told)?.[1];
    const { id, created } = readObject(first);
    head = headOf(
      typeof id === "string" ? id : `chatcmpl-${context.id}`,
      typeof created === "number" ? created : context.created,
    );
    deltaHead = deltaHeadOf(head);
    return true;
  }

  function detail(fields: string): string {
    return `"reasoning_details":[{${fields},"format":"${reasoningFormat}","index":${thoughts}}]`;
  }

  function startBlock(start: BlockStart): string {
    block = start;
    hasText = false;
    switch (start.type) {
      case "reasoning":
        thoughts++;
        if (start.redacted === undefined) return "";
        return chunk(detail(`"type":"reasoning.encrypted","data":${JSON.stringify(start.redacted)}`));
      case "tool-call": {
        calls++;
        const id = JSON.stringify(start.id);
        const name = JSON.stringify(start.name);
        const body =
          start.custom === true
            ? `"type":"custom","custom":{"name":${name},"input":""}`
            : `"type":"function","function":{"name":${name},"arguments":""}`;
        return chunk(`"tool_calls":[{"index":${calls},"id":${id},${body}}]`);
      }
      case "refusal":
        hasRefusal = true;
        return "";
      case "web-search": {
        const citations = encodeCitations(start);
        return citations.length === 0 ? "" : chunk(`"annotations":${JSON.stringify(citations)}`);
      }
      case "text":
      case "tool-search":
      case "opaque":
        return "";
    }
  }

  function delta(text: string): string {
    hasText = true;
    const json = JSON.stringify(text);
    switch (block?.type) {
      case "text":
        return chunk(`"content":${json}`);
      case "reasoning":
        return chunk(
          `"reasoning_content":${json},"reasoning":${json},${detail(`"type":"reasoning.text","text":${json}`)}`,
        );
      case "refusal":
        return chunk(`"refusal":${json}`);
      case "tool-call":
        return chunk(
          block.custom === true
            ? `"tool_calls":[{"index":${calls},"custom":{"input":${json}}}]`
            : `"tool_calls":[{"index":${calls},"function":{"arguments":${json}}}]`,
        );
      default:
        return "";
    }
  }

  function stopBlock(signature: string | undefined): string {
    // Clients parse the arguments as they stand.
    if (block?.type === "tool-call" && block.custom !== true && !hasText) return delta("{}");
    if (block?.type !== "reasoning" || block.redacted !== undefined || signature === undefined) return "";
    return chunk(detail(`"type":"reasoning.text","signature":${JSON.stringify(signature)}`));
  }

  function finish(event: Extract<ChatEvent, { type: "finish" }>): string {
    const reason = encodeFinishReason(event.reason, hasRefusal);
    const last = encodeDataEvent(`${head}{"index":0,"delta":{},"logprobs":null,"finish_reason":"${reason}"}]}`);
    const usage =
      context.includeUsage === true
        ? encodeDataEvent(`${head}],"usage":${JSON.stringify(encodeUsage(event.usage))}}`)
        : "";
    return `${last}${usage}data: [DONE]\n\n`;
  }

  return {
    encode(event) {
      switch (event.type) {
        case "start":
          return chunk(`"role":"assistant","content":""`);
        case "block-start":
          return startBlock(event.block);
        case "block-delta":
          return delta(event.text);
        case "block-stop":
          return stopBlock(event.signature);
        case "usage":
          return "";
        case "opaque-event":
          return event.protocol === "openai-chat" ? encodeOpaque(event.value, deltaHead, deltaTail) : "";
        case "finish":
          return finish(event);
        case "error":
          return encodeDataEvent(JSON.stringify({ error: encodeErrorBody(event.error) }));
      }
    },
    keepAlive: () => keepAliveComment,
    adopt,
  };
}

function readObject(json = "{}"): WireObject {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

// What decode-choice.ts had no word for: fields of a delta, or log probabilities.
function encodeOpaque(value: Record<string, unknown>, deltaHead: string, deltaTail: string): string {
  if (value.logprobs !== undefined) {
    return `${deltaHead}},"logprobs":${JSON.stringify(value.logprobs)},"finish_reason":null}]}\n\n`;
  }
  const fields = JSON.stringify(value.delta ?? {}).slice(1, -1);
  return fields === "" ? "" : deltaHead + fields + deltaTail;
}
