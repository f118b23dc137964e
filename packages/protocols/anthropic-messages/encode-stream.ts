import type { BlockStart, ChatEvent } from "../model/chat-event.ts";
import { noUsage } from "../model/usage.ts";
import type { EncodeAnswerContext, StreamEncoder } from "../protocol-contract.ts";
import { encodeNamedEvent, keepAliveComment } from "../sse/encode-sse.ts";
import type { WireObject } from "../wire/json-object.ts";
import { writeMessageDelta } from "./end-fields.ts";
import { encodeErrorBody } from "./errors.ts";
import { encodeHostedPart } from "./hosted-blocks.ts";
import { encodeStopReason } from "./stop-reasons.ts";
import { encodeUsage } from "./usage.ts";

const ping = encodeNamedEvent("ping", '{"type":"ping"}');

/**
 * Writes a Messages stream as Claude Code's parser demands it: named events, typed blocks, every block stopped. A last
 * thinking block of nothing but a signature (Gemini signs the end of a text) is left out: Anthropic takes no message back
 * that ends so, and Claude Code reads its result from the last block.
 */
export function createStreamEncoder(context: EncodeAnswerContext): StreamEncoder {
  let started = false;
  let deltaHead = "";
  let openIndex = -1;
  let isRefusal = false;
  /** A call without arguments must still give the client the JSON of an empty object. */
  let emptyCall = false;
  /** A search is one block of the hub and two on the wire: how far the wire is ahead. */
  let shift = 0;
  /** The start of a thinking block behind others that has no text yet, and the whole of one that never got any. */
  let heldStart = "";
  let heldBlock = "";

  function begin(index: number, block: BlockStart): string {
    emptyCall = false;
    openIndex = index;
    const head = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":`;
    switch (block.type) {
      case "text":
      case "refusal":
        isRefusal ||= block.type === "refusal";
        deltaHead = `${head}{"type":"text_delta","text":`;
        return startBlock(index, '{"type":"text","text":""}');
      case "reasoning":
        deltaHead = `${head}{"type":"thinking_delta","thinking":`;
        if (block.redacted !== undefined) {
          return startBlock(index, `{"type":"redacted_thinking","data":${JSON.stringify(block.redacted)}}`);
        }
        heldStart = startBlock(index, '{"type":"thinking","thinking":"","signature":""}');
        return index > 0 ? "" : takeHeldStart();
      case "tool-call": {
        emptyCall = true;
        deltaHead = `${head}{"type":"input_json_delta","partial_json":`;
        const call = { type: "tool_use", id: block.id, name: block.name, input: {} };
        return startBlock(index, JSON.stringify(call));
      }
      case "web-search":
      case "tool-search": {
        deltaHead = "";
        const [call, result] = encodeHostedPart(block);
        shift++;
        return startOwn(index, call) + stopBlock(index) + startOwn(index + 1, result);
      }
      case "opaque":
        deltaHead = "";
        // A block of another protocol has no place here, but takes its index.
        if (block.protocol !== "anthropic-messages") return startBlock(index, '{"type":"text","text":""}');
        return startOwn(index, block.value);
    }
  }

  function stop(index: number, signature: string | undefined): string {
    let result = "";
    if (emptyCall) result = `${deltaHead}"{}"}}\n\n`;
    emptyCall = false;
    openIndex = -1;
    if (signature !== undefined && deltaHead.includes('"thinking_delta"')) {
      const delta = { type: "content_block_delta", index, delta: { type: "signature_delta", signature } };
      result = encodeNamedEvent("content_block_delta", JSON.stringify(delta));
    }
    if (heldStart === "") return result + stopBlock(index);
    heldBlock = takeHeldStart() + result + stopBlock(index);
    return "";
  }

  function takeHeldStart(): string {
    const start = heldStart;
    heldStart = "";
    return start;
  }

  /** A thinking block that held only a signature, once something comes behind it. */
  function takeHeldBlock(): string {
    const block = heldBlock;
    heldBlock = "";
    return block;
  }

  /** Deltas that only this protocol knows (citations) belong to the open block. */
  function passDelta(delta: WireObject): string {
    const isDelta = typeof delta.type === "string" && delta.type.endsWith("_delta");
    if (!isDelta || openIndex < 0) return "";
    return encodeNamedEvent(
      "content_block_delta",
      JSON.stringify({ type: "content_block_delta", index: openIndex, delta }),
    );
  }

  let redactedOpen = false;

  return {
    encode(event: ChatEvent): string {
      switch (event.type) {
        case "start":
          started = true;
          return startMessage(context, event);
        case "block-start":
          redactedOpen = event.block.type === "reasoning" && event.block.redacted !== undefined;
          return takeHeldBlock() + begin(event.index + shift, event.block);
        case "block-delta":
          emptyCall = false;
          if (heldStart !== "") return `${takeHeldStart()}${deltaHead}${JSON.stringify(event.text)}}}\n\n`;
          return `${deltaHead}${JSON.stringify(event.text)}}}\n\n`;
        case "block-stop":
          return stop(event.index + shift, redactedOpen ? undefined : event.signature);
        case "opaque-event":
          return event.protocol === "anthropic-messages" ? passDelta(event.value) : "";
        case "usage":
          return "";
        case "finish": {
          const delta = {
            stop_reason: encodeStopReason(isRefusal && event.reason === "stop" ? "refusal" : event.reason),
            stop_sequence: event.stopSequence ?? null,
          };
          const others = event.extensions?.["anthropic-messages"];
          const end = encodeNamedEvent(
            "message_delta",
            JSON.stringify(writeMessageDelta(delta, encodeUsage(event.usage), others)),
          );
          const head = started ? "" : startMessage(context, { type: "start", id: "", model: "" });
          started = true;
          return `${head}${end}event: message_stop\ndata: {"type":"message_stop"}\n\n`;
        }
        case "error":
          return encodeNamedEvent("error", JSON.stringify({ type: "error", error: encodeErrorBody(event.error) }));
      }
    },
    // Before message_start only a comment is safe with every parser.
    keepAlive: () => (started ? ping : keepAliveComment),
  };
}

function startBlock(index: number, block: string): string {
  return `event: content_block_start\ndata: {"type":"content_block_start","index":${index},"content_block":${block}}\n\n`;
}

function stopBlock(index: number): string {
  return `event: content_block_stop\ndata: {"type":"content_block_stop","index":${index}}\n\n`;
}

/**
 * A block of this protocol's own, whole. The input of a server's tool comes as a delta, as from Anthropic: clients that
 * collect deltas forget what the start said.
 */
function startOwn(index: number, value: WireObject): string {
  if (typeof value.type !== "string" || !value.type.endsWith("tool_use"))
    return startBlock(index, JSON.stringify(value));
  const delta = { type: "input_json_delta", partial_json: JSON.stringify(value.input ?? {}) };
  return (
    startBlock(index, JSON.stringify({ ...value, input: {} })) +
    encodeNamedEvent("content_block_delta", JSON.stringify({ type: "content_block_delta", index, delta }))
  );
}

function startMessage(context: EncodeAnswerContext, event: Extract<ChatEvent, { type: "start" }>): string {
  // Some upstreams count the prompt only at the end, and say 0 before.
  const reported = event.usage ?? noUsage;
  const usage = reported.inputTokens > 0 ? reported : { ...reported, inputTokens: context.inputTokensEstimate ?? 0 };
  const message = {
    id: `msg_${context.id}`,
    type: "message",
    role: "assistant",
    model: context.requestedModel,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: encodeUsage(usage),
  };
  return encodeNamedEvent("message_start", JSON.stringify({ type: "message_start", message }));
}
