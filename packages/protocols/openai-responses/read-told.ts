import { parseData } from "../express/rewrite-events.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/** Where a stream stands that a client has been told by another server. */
export interface ToldStream {
  /** Number of the next event. */
  sequence: number;
  /** What the response says of itself, but for what changes until its end. Undefined if it has not begun. */
  response: WireObject | undefined;
  /** Items that are whole, as JSON. */
  output: string[];
  /** The item that is not. */
  open: ToldItem | undefined;
  /** It is in an order that somebody else can go on from. */
  isOrderly: boolean;
}

export interface ToldItem {
  /** As it began. */
  item: WireObject;
  parts: ToldPart[];
}

export type ToldKind = "output_text" | "refusal" | "summary_text" | "reasoning_text";

export interface ToldPart {
  kind: ToldKind;
  text: string;
  annotations: unknown[];
  logprobs: unknown[];
  isDone: boolean;
}

const kindOfDelta: Readonly<Record<string, ToldKind>> = {
  "response.output_text.delta": "output_text",
  "response.refusal.delta": "refusal",
  "response.reasoning_summary_text.delta": "summary_text",
  "response.reasoning_text.delta": "reasoning_text",
};

/** Reads the beginning of a stream, of whole events, as it was told. */
export function readTold(text: string): ToldStream {
  const told: ToldStream = { sequence: 0, response: undefined, output: [], open: undefined, isOrderly: true };
  for (const block of text.split("\n\n")) {
    const event = parseData(Buffer.from(block));
    if (event === undefined) continue;
    told.sequence = (typeof event.sequence_number === "number" ? event.sequence_number : told.sequence) + 1;
    takeEvent(told, event);
  }
  return told;
}

function takeEvent(told: ToldStream, event: WireObject): void {
  const type = typeof event.type === "string" ? event.type : "";
  const kind = kindOfDelta[type];
  if (kind !== undefined && typeof event.delta === "string") {
    const part = openPart(told, event, kind);
    if (part === undefined) return;
    part.text += event.delta;
    if (Array.isArray(event.logprobs)) part.logprobs.push(...(event.logprobs as unknown[]));
    return;
  }
  switch (type) {
    case "response.created":
    case "response.in_progress":
    case "response.queued":
      if (isObject(event.response)) told.response = withoutProgress(event.response);
      return;
    case "response.output_item.added":
      if (told.open !== undefined || event.output_index !== told.output.length) told.isOrderly = false;
      told.open = { item: isObject(event.item) ? event.item : {}, parts: [] };
      return;
    case "response.output_item.done":
      if (event.output_index !== told.output.length) told.isOrderly = false;
      told.output.push(JSON.stringify(event.item));
      told.open = undefined;
      return;
    case "response.content_part.added":
    case "response.reasoning_summary_part.added":
      if (isObject(event.part)) addPart(told, event.part.type as ToldKind);
      return;
    case "response.content_part.done":
    case "response.reasoning_summary_part.done": {
      const part = told.open?.parts.at(-1);
      if (part !== undefined) part.isDone = true;
      return;
    }
    case "response.output_text.annotation.added":
      told.open?.parts.at(-1)?.annotations.push(event.annotation);
      return;
    default:
  }
}

/** The part that a piece of text belongs to; some servers do not announce it. */
function openPart(told: ToldStream, event: WireObject, kind: ToldKind): ToldPart | undefined {
  const part = told.open?.parts.at(-1);
  if (event.output_index !== told.output.length) told.isOrderly = false;
  return part?.kind === kind && !part.isDone ? part : addPart(told, kind);
}

function addPart(told: ToldStream, kind: ToldKind): ToldPart | undefined {
  const parts = told.open?.parts;
  if (parts === undefined || parts.at(-1)?.isDone === false) {
    told.isOrderly = false;
    return undefined;
  }
  const part: ToldPart = { kind, text: "", annotations: [], logprobs: [], isDone: false };
  parts.push(part);
  return part;
}

function withoutProgress(response: WireObject): WireObject {
  const {
    status: _status,
    output: _output,
    usage: _usage,
    error: _error,
    incomplete_details: _details,
    completed_at: _completedAt,
    ...rest
  } = response;
  return rest;
}
