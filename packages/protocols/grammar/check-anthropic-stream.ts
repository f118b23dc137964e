import { createSseDecoder } from "../sse/decode-sse.ts";

type Json = Record<string, unknown>;

/** The only type of delta that a type of block takes, beside those listed in `sideDeltas`. */
const deltaOfBlock: Readonly<Record<string, string>> = {
  text: "text_delta",
  thinking: "thinking_delta",
  tool_use: "input_json_delta",
  server_tool_use: "input_json_delta",
  mcp_tool_use: "input_json_delta",
  compaction: "compaction_delta",
};

const sideDeltas: Readonly<Record<string, string>> = { signature_delta: "thinking", citations_delta: "text" };

const stopReasons: ReadonlySet<unknown> = new Set(
  "end_turn max_tokens stop_sequence tool_use refusal pause_turn model_context_window_exceeded compaction".split(" "),
);

const usageFields = ["input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"];

/**
 * Checks what a Messages client is sent: one message_start with full usage; blocks one after the other with indices 0, 1,
 * 2 ..., each of one type and stopped; message_delta with a stop reason; message_stop last, or an error event.
 * Stricter than https://platform.claude.com/docs/en/build-with-claude/streaming: as strict as the strictest client.
 * @returns what is wrong, in order; empty for a legal and complete stream
 */
export function checkAnthropicStream(sseText: string): string[] {
  const faults: string[] = [];
  const check = createStreamCheck(faults);
  const decoder = createSseDecoder((name, data) => check.take(name, data));
  decoder.write(sseText);
  decoder.end();
  check.end();
  if (sseText !== "" && !sseText.endsWith("\n\n")) faults.push("the last event has no end");
  return faults;
}

function createStreamCheck(faults: string[]): { take(name: string, data: string): void; end(): void } {
  let at = -1;
  let state: "before" | "content" | "finishing" | "ended" = "before";
  let open: { index: number; type: string; json: string; isSigned: boolean } | undefined;
  let nextIndex = 0;

  function say(fault: string): void {
    faults.push(`event ${at}: ${fault}`);
  }

  function demand(...states: Array<typeof state>): void {
    if (!states.includes(state)) say(`not possible in the state "${state}"`);
  }

  function takeStart(event: Json): void {
    demand("before");
    state = "content";
    const message = toObject(event.message);
    if (typeof message.id !== "string" || message.id === "") say("the message has no id");
    if (typeof message.model !== "string" || message.model === "") say("the message has no model");
    if (message.type !== "message" || message.role !== "assistant") say("no assistant's message");
    if (!Array.isArray(message.content) || message.content.length > 0) say("content is not an empty list");
    if (message.stop_reason !== null || message.stop_sequence !== null) say("the stop reason is not null");
    checkUsage(toObject(message.usage));
  }

  function checkUsage(usage: Json): void {
    for (const field of usageFields) {
      const count = usage[field];
      if (typeof count !== "number" || !Number.isInteger(count) || count < 0) say(`usage.${field} is ${String(count)}`);
    }
  }

  function takeBlock(event: Json): void {
    demand("content");
    if (open !== undefined) say(`block ${open.index} is still open`);
    if (event.index !== nextIndex) say(`index ${String(event.index)} instead of ${nextIndex}`);
    const block = toObject(event.content_block);
    const type = String(block.type);
    open = { index: nextIndex++, type, json: "", isSigned: false };
    if (type === "text" && block.text !== "") say("a text block does not begin empty");
    if (type === "thinking" && (block.thinking !== "" || block.signature !== "")) say("a thought does not begin empty");
    if (type === "redacted_thinking" && typeof block.data !== "string") say("a redacted thought without data");
    if (type.endsWith("tool_use")) {
      if (typeof block.id !== "string" || !/^[a-zA-Z0-9_-]+$/.test(block.id)) say(`the id ${String(block.id)}`);
      if (typeof block.name !== "string") say("a call without a name");
      if (JSON.stringify(block.input) !== "{}") say("a call does not begin with empty input");
    }
  }

  function takeDelta(event: Json): void {
    demand("content");
    if (open === undefined || event.index !== open.index) return say(`block ${String(event.index)} is not open`);
    const delta = toObject(event.delta);
    const type = String(delta.type);
    if (type !== deltaOfBlock[open.type] && sideDeltas[type] !== open.type) say(`${type} in a ${open.type} block`);
    if (open.isSigned) say("a delta after the signature");
    if (type === "signature_delta") open.isSigned = true;
    if (type === "input_json_delta") open.json += String(delta.partial_json);
    if (type === "text_delta" && typeof delta.text !== "string") say("a delta without text");
    if (type === "thinking_delta" && typeof delta.thinking !== "string") say("a delta without a thought");
  }

  function takeStop(event: Json): void {
    demand("content");
    if (open === undefined || event.index !== open.index) return say(`block ${String(event.index)} is not open`);
    // Clients parse what the deltas add up to; nothing at all counts as an empty object for some, not for all.
    if (open.type.endsWith("tool_use") && !isJsonObject(open.json)) say("the input is not a JSON object");
    open = undefined;
  }

  function takeMessageDelta(event: Json): void {
    demand("content");
    state = "finishing";
    if (open !== undefined) say(`block ${open.index} is still open`);
    const delta = toObject(event.delta);
    if (!stopReasons.has(delta.stop_reason)) say(`the stop reason ${String(delta.stop_reason)}`);
    if (delta.stop_sequence === undefined) say("no stop_sequence");
    checkUsage(toObject(event.usage));
  }

  return {
    take(name, data) {
      at += 1;
      const event = parseObject(data);
      if (event === undefined) return say("data is not a JSON object");
      if (event.type !== name) say(`event is ${name}, data.type is ${String(event.type)}`);
      if (state === "ended") say("after the end");
      switch (event.type) {
        case "message_start":
          return takeStart(event);
        case "content_block_start":
          return takeBlock(event);
        case "content_block_delta":
          return takeDelta(event);
        case "content_block_stop":
          return takeStop(event);
        case "message_delta":
          return takeMessageDelta(event);
        case "message_stop":
          demand("finishing");
          state = "ended";
          return;
        case "error": {
          const error = toObject(event.error);
          if (typeof error.type !== "string" || typeof error.message !== "string")
            say("an error without type or message");
          state = "ended";
          return;
        }
        case "ping":
          return demand("content", "finishing");
        default:
          say("an unknown event");
      }
    },
    end() {
      if (state !== "ended") faults.push("the stream has no end");
    },
  };
}

function toObject(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function parseObject(text: string): Json | undefined {
  return isJsonObject(text) ? (JSON.parse(text) as Json) : undefined;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
