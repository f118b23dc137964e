import type { BlockStart, ChatEvent } from "../model/chat-event.ts";
import type { ToolSearchPart, WebSearchPart, WebSearchResult } from "../model/content.ts";
import type { ChatError } from "../model/error.ts";
import type { EncodeAnswerContext, StreamEncoder } from "../protocol-contract.ts";
import { keepAliveComment } from "../sse/encode-sse.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { createCompactor } from "./compaction.ts";
import { encodeFailure } from "./errors.ts";
import { encodeToolSearch, encodeWebSearch } from "./hosted-items.ts";
import {
  callPrefix,
  citeSources,
  itemIds,
  wholeArguments,
  writeCall,
  writeMessage,
  writePart,
  writeReasoning,
  type SaidPart,
} from "./output-items.ts";
import { readTold, type ToldItem, type ToldPart } from "./read-told.ts";
import { endState, writeResponse, type ResponseState } from "./response-object.ts";

/** The item that is open. A message stays open as long as texts follow each other. */
interface OpenItem {
  id: string;
  said: SaidPart[];
  others: WireObject | undefined;
}

/**
 * Writes the events of a response as OpenAI does. A delta is two pieces of JSON made once for its block, the number of the
 * event between them and one JSON.stringify of its text: this runs for every token.
 */
export function createStreamEncoder(context: EncodeAnswerContext): StreamEncoder {
  const encoder = createItemEncoder(context);
  if (context.echo?.compaction !== true) return encoder;
  const compact = createCompactor(context.id);
  return {
    ...encoder,
    encode: (event) =>
      compact(event)
        .map((told) => encoder.encode(told))
        .join(""),
  };
}

function createItemEncoder(context: EncodeAnswerContext): StreamEncoder {
  const nextId = itemIds(context.id);
  /** Items that are whole, as JSON: the last event has them all once more. */
  const output: string[] = [];
  const found: WebSearchResult[] = [];
  let sequence = 0;
  let started = false;
  let hasRefusal = false;
  let message: OpenItem | undefined;
  let messageFields: WireObject | undefined;
  let block: BlockStart | undefined;
  let itemId = "";
  let text = "";
  /** What stands before and after the number of a delta's event. */
  let deltaHead = "";
  let deltaMiddle = "";
  let deltaTail = "";
  /** What another server's response says of itself, where this one goes on with it. */
  let adopted: WireObject | undefined;
  /** A thought that another server has begun. */
  let thought: ToldItem | undefined;

  /** @param fields JSON without its braces */
  function event(type: string, fields: string): string {
    return `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequence++},${fields}}\n\n`;
  }

  /** Where an event belongs. */
  function at(place = ""): string {
    return `"output_index":${output.length},"item_id":${JSON.stringify(itemId)}${place}`;
  }

  function prepareDeltas(type: string, place = "", tail = ""): void {
    deltaHead = `event: ${type}\ndata: {"type":"${type}","sequence_number":`;
    deltaMiddle = `,${at(place)},"delta":`;
    deltaTail = `${tail}}\n\n`;
  }

  function writeDelta(piece: string): string {
    return `${deltaHead}${sequence++}${deltaMiddle}${JSON.stringify(piece)}${deltaTail}`;
  }

  function added(item: WireObject): string {
    return event("response.output_item.added", `"output_index":${output.length},"item":${JSON.stringify(item)}`);
  }

  function done(item: WireObject): string {
    const json = JSON.stringify(item);
    const result = event("response.output_item.done", `"output_index":${output.length},"item":${json}`);
    output.push(json);
    return result;
  }

  function whole(type: string, state: ResponseState): string {
    const shell = adopted === undefined ? context : { ...context, echo: { ...context.echo, ...adopted } };
    const json = JSON.stringify(writeResponse(shell, state)).slice(0, -1);
    return event(type, `"response":${json},"output":[${output.join(",")}]}`);
  }

  function start(): string {
    started = true;
    const state: ResponseState = { status: "in_progress" };
    return whole("response.created", state) + whole("response.in_progress", state);
  }

  function startBlock(start: BlockStart): string {
    if (block === undefined) return startNext(start);
    // Another server had begun it and said nothing in it.
    if (block.type === start.type && start.type !== "reasoning") return "";
    return stopBlock(undefined) + startNext(start);
  }

  function startNext(start: BlockStart): string {
    block = start;
    text = "";
    if (start.type === "text" || start.type === "refusal") return startSaid(start.type);
    const before = closeMessage("completed");
    switch (start.type) {
      case "reasoning":
        return before + startReasoning();
      case "tool-call":
        itemId = nextId(callPrefix(start));
        if (start.toolSearch !== true) {
          const type = start.custom === true ? "custom_tool_call_input" : "function_call_arguments";
          prepareDeltas(`response.${type}.delta`);
        } else deltaHead = "";
        return before + added(writeCall(itemId, start, "", "in_progress"));
      case "web-search":
        return before + writeWebSearch(start);
      case "tool-search":
        return before + writeToolSearch(start);
      case "opaque":
        if (start.protocol !== "openai-responses") return before;
        return before + added(start.value) + done(start.value);
    }
  }

  function startSaid(type: "text" | "refusal"): string {
    // Fields of its own make a message of its own.
    let before = messageFields === undefined ? "" : closeMessage("completed");
    if (message === undefined) {
      message = { id: nextId("msg"), said: [], others: messageFields };
      messageFields = undefined;
      before += added(writeMessage(message.id, [], "in_progress", message.others));
    }
    itemId = message.id;
    hasRefusal ||= type === "refusal";
    const part: SaidPart = { type, text: "", annotations: [], logprobs: [] };
    const place = `,"content_index":${message.said.length}`;
    message.said.push(part);
    prepareSaid(type, message.said.length - 1);
    return before + event("response.content_part.added", `${at(place)},"part":${JSON.stringify(writePart(part))}`);
  }

  function prepareSaid(type: SaidPart["type"], index: number): void {
    const place = `,"content_index":${index}`;
    if (type === "text") prepareDeltas("response.output_text.delta", place, ',"logprobs":[]');
    else prepareDeltas("response.refusal.delta", place);
  }

  function startReasoning(): string {
    itemId = nextId("rs");
    prepareDeltas("response.reasoning_summary_text.delta", ',"summary_index":0');
    return added(writeReasoning(itemId, "", undefined));
  }

  function delta(piece: string): string {
    const isFirst = text === "";
    text += piece;
    if (deltaHead === "") return "";
    if (!isFirst || block?.type !== "reasoning") return writeDelta(piece);
    const part = `"summary_index":0,"part":{"type":"summary_text","text":""}`;
    return event("response.reasoning_summary_part.added", `${at()},${part}`) + writeDelta(piece);
  }

  function stopBlock(signature: string | undefined): string {
    const stopped = block;
    block = undefined;
    switch (stopped?.type) {
      case "text":
      case "refusal":
        return stopSaid();
      case "reasoning": {
        if (thought !== undefined) return stopAdopted(thought, signature);
        const item = writeReasoning(itemId, text, signature, stopped.redacted);
        if (text === "") return done(item);
        const json = JSON.stringify(text);
        return (
          event("response.reasoning_summary_text.done", `${at()},"summary_index":0,"text":${json}`) +
          event(
            "response.reasoning_summary_part.done",
            `${at()},"summary_index":0,"part":{"type":"summary_text","text":${json}}`,
          ) +
          done(item)
        );
      }
      case "tool-call": {
        const given = wholeArguments(stopped, text);
        const rest = deltaHead !== "" && given !== text ? writeDelta(given) : "";
        return rest + stopCall(stopped, given) + done(writeCall(itemId, stopped, given, "completed"));
      }
      default:
        return "";
    }
  }

  function stopAdopted({ item, parts }: ToldItem, signature: string | undefined): string {
    thought = undefined;
    const last = parts.at(-1);
    const before = last === undefined || last.isDone ? "" : stopPart(last, parts);
    const summary = parts.filter(isSummary).map(writeThoughtPart);
    const content = parts.filter((part) => !isSummary(part)).map(writeThoughtPart);
    const encrypted = signature === undefined ? {} : { encrypted_content: signature };
    return before + done({ ...item, summary, ...(content.length === 0 ? {} : { content }), ...encrypted });
  }

  function stopPart(part: ToldPart, parts: readonly ToldPart[]): string {
    const index = parts.filter(({ kind }) => kind === part.kind).length - 1;
    const [text, whole, list] = isSummary(part)
      ? ["reasoning_summary_text", "reasoning_summary_part", "summary_index"]
      : ["reasoning_text", "content_part", "content_index"];
    const place = `${at()},"${list}":${index}`;
    return (
      event(`response.${text}.done`, `${place},"text":${JSON.stringify(part.text)}`) +
      event(`response.${whole}.done`, `${place},"part":${JSON.stringify(writeThoughtPart(part))}`)
    );
  }

  function stopCall(call: Extract<BlockStart, { type: "tool-call" }>, given: string): string {
    if (call.toolSearch === true) return "";
    const json = JSON.stringify(given);
    return call.custom === true
      ? event("response.custom_tool_call_input.done", `${at()},"input":${json}`)
      : event(
          "response.function_call_arguments.done",
          `${at()},"name":${JSON.stringify(call.name)},"arguments":${json}`,
        );
  }

  function stopSaid(): string {
    const part = message?.said.at(-1);
    if (message === undefined || part === undefined) return "";
    part.text = text;
    const place = `,"content_index":${message.said.length - 1}`;
    const json = JSON.stringify(text);
    let result = "";
    if (part.type === "text") {
      for (const citation of citeSources(text, found)) result += annotate(part, citation);
      result += event(
        "response.output_text.done",
        `${at(place)},"text":${json},"logprobs":${JSON.stringify(part.logprobs)}`,
      );
    } else result += event("response.refusal.done", `${at(place)},"refusal":${json}`);
    return result + event("response.content_part.done", `${at(place)},"part":${JSON.stringify(writePart(part))}`);
  }

  function annotate(part: SaidPart, annotation: WireObject): string {
    const place = `,"content_index":${(message?.said.length ?? 1) - 1},"annotation_index":${part.annotations.length}`;
    part.annotations.push(annotation);
    return event("response.output_text.annotation.added", `${at(place)},"annotation":${JSON.stringify(annotation)}`);
  }

  function closeMessage(status: "completed" | "incomplete"): string {
    if (message === undefined) return "";
    const { id, said, others } = message;
    message = undefined;
    return done(writeMessage(id, said, status, others));
  }

  function writeWebSearch(part: WebSearchPart): string {
    found.push(...part.results);
    const item = encodeWebSearch(part);
    itemId = String(item.id);
    let result = added({ ...item, status: "in_progress" });
    for (const step of ["in_progress", "searching", "completed"])
      result += event(`response.web_search_call.${step}`, at());
    return result + done(item);
  }

  function writeToolSearch(part: ToolSearchPart): string {
    return encodeToolSearch(part)
      .map((item) => added(item) + done(item))
      .join("");
  }

  /** What read-item.ts had no word for. */
  function passOpaque(value: WireObject): string {
    if (isObject(value.message)) messageFields = value.message;
    const part = message?.said.at(-1);
    if (part === undefined || part.type !== "text" || block?.type !== "text") return "";
    if (Array.isArray(value.logprobs)) part.logprobs.push(...(value.logprobs as unknown[]));
    return isObject(value.annotation) ? annotate(part, value.annotation) : "";
  }

  function finish({ reason, usage, extensions }: Extract<ChatEvent, { type: "finish" }>): string {
    const state = endState(reason, hasRefusal);
    const open = block === undefined ? "" : stopBlock(undefined);
    const before =
      (started ? "" : start()) + open + closeMessage(state.status === "incomplete" ? "incomplete" : "completed");
    state.usage = usage;
    const others = extensions?.["openai-responses"];
    if (others !== undefined) state.others = others;
    return before + whole(state.status === "incomplete" ? "response.incomplete" : "response.completed", state);
  }

  /** Takes the place of another server, whose stream the client has up to here. */
  function adopt(told: string): boolean {
    const { sequence: next, response, output: items, open, isOrderly } = readTold(told);
    sequence = next;
    started = response !== undefined;
    adopted = response;
    output.splice(0, output.length, ...items);
    message = undefined;
    messageFields = undefined;
    block = undefined;
    text = "";
    thought = undefined;
    if (open !== undefined) {
      itemId = String(open.item.id);
      if (open.item.type === "message") adoptMessage(open);
      else if (open.item.type === "reasoning") {
        thought = open;
        block = { type: "reasoning" };
      } else return false;
    }
    return isOrderly && started;
  }

  function adoptMessage({ item, parts }: ToldItem): void {
    const { id: _id, type: _type, status: _status, role: _role, content: _content, ...others } = item;
    const said = parts.map(({ kind, text: whole, annotations, logprobs }): SaidPart => ({
      type: kind === "refusal" ? "refusal" : "text",
      text: whole,
      annotations,
      logprobs,
    }));
    hasRefusal ||= said.some(({ type }) => type === "refusal");
    message = { id: itemId, said, others };
    const last = said.at(-1);
    if (last === undefined || parts.at(-1)?.isDone === true) return;
    block = { type: last.type };
    text = last.text;
    prepareSaid(last.type, said.length - 1);
  }

  // `response.failed` and not `error`: Codex reads only this one.
  function fail(error: ChatError): string {
    return (started ? "" : start()) + whole("response.failed", { status: "failed", error: encodeFailure(error) });
  }

  return {
    encode(chatEvent) {
      switch (chatEvent.type) {
        case "start":
          return start();
        case "block-start":
          return startBlock(chatEvent.block);
        case "block-delta":
          return delta(chatEvent.text);
        case "block-stop":
          return stopBlock(chatEvent.signature);
        case "usage":
          return "";
        case "opaque-event":
          return chatEvent.protocol === "openai-responses" ? passOpaque(chatEvent.value) : "";
        case "finish":
          return finish(chatEvent);
        case "error":
          return fail(chatEvent.error);
      }
    },
    keepAlive: () => keepAliveComment,
    adopt,
  };
}

function isSummary({ kind }: ToldPart): boolean {
  return kind === "summary_text";
}

function writeThoughtPart({ kind, text }: ToldPart): WireObject {
  return { type: kind, text };
}
