import type { BlockStart } from "../model/chat-event.ts";
import { maxHeld } from "../model/limits.ts";
import type { DecodeAnswerContext } from "../protocol-contract.ts";
import { unwrapInput } from "../tools/show-custom-tool.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { isLastingCallId } from "../wire/lasting-call-id.ts";
import type { Slot } from "./item-queue.ts";
import { encodeNative, partSeparator, readThought, type ThoughtPart } from "./native-reasoning.ts";

/** What a piece of text is a piece of. */
export type PieceKind = "text" | "refusal" | "summary" | "content" | "arguments";

/** What all items of an answer have in common. */
export interface AnswerState {
  context: DecodeAnswerContext;
  usedIds: Set<string>;
  hasCalls: boolean;
  hasRefusal: boolean;
}

/** Reads one item, from its pieces and from the whole that comes at the end: either may be missing. */
export interface ItemReader {
  /** @param part the index of the content or summary part */
  append(kind: PieceKind, part: number, text: string): void;
  /** The part is whole: gives what was missing of it. */
  completePart(part: number, value: WireObject): void;
  /** What only this protocol has a word for, about the part that is open. Only messages have it. */
  note?(part: number, value: WireObject): void;
  /** @param item the whole item; undefined when the stream ended without it */
  complete(item: WireObject | undefined): void;
}

/** @param item what the item said of itself when it began */
export function createItemReader(item: WireObject, slot: Slot, state: AnswerState): ItemReader {
  switch (item.type) {
    case "message":
      return new MessageReader(item, slot, state);
    case "reasoning":
      return new ReasoningReader(item, slot);
    case "function_call":
    case "custom_tool_call":
      return new CallReader(item, slot, state);
    case "tool_search_call":
      if (item.execution === "client") return new CallReader(item, slot, state);
      return new OpaqueReader(item, slot);
    default:
      return new OpaqueReader(item, slot);
  }
}

/** Which fields of a message are not its content. */
const messageFields: ReadonlySet<string> = new Set(["id", "type", "status", "role", "content"]);

class MessageReader implements ItemReader {
  readonly #slot: Slot;
  readonly #state: AnswerState;
  #open: { kind: "text" | "refusal"; part: number } | undefined;
  /** Characters and annotations that have come, by part. */
  readonly #lengths: number[] = [];
  readonly #annotations: number[] = [];
  #toldFields = false;

  constructor(item: WireObject, slot: Slot, state: AnswerState) {
    this.#slot = slot;
    this.#state = state;
    this.#tellFields(item);
  }

  append(kind: PieceKind, part: number, text: string): void {
    if (text === "") return;
    const said = kind === "refusal" ? "refusal" : "text";
    if (this.#open?.part !== part || this.#open.kind !== said) {
      if (this.#open !== undefined) this.#slot.stop();
      this.#open = { kind: said, part };
      if (said === "refusal") this.#state.hasRefusal = true;
      this.#slot.start({ type: said });
    }
    this.#lengths[part] = (this.#lengths[part] ?? 0) + text.length;
    this.#slot.text(text);
  }

  note(part: number, value: WireObject): void {
    if (this.#open?.part !== part) return;
    if (value.annotation !== undefined) this.#annotations[part] = (this.#annotations[part] ?? 0) + 1;
    this.#slot.opaque(value);
  }

  completePart(part: number, value: WireObject): void {
    const kind = value.type === "refusal" || typeof value.refusal === "string" ? "refusal" : "text";
    const text = value.text ?? value.refusal;
    // Of a part that others have followed nothing can be added.
    const isLast = this.#lengths.length <= part + 1;
    if (typeof text === "string" && isLast) this.append(kind, part, text.slice(this.#lengths[part] ?? 0));
    if (!Array.isArray(value.annotations)) return;
    for (const annotation of value.annotations.slice(this.#annotations[part] ?? 0)) {
      if (isObject(annotation)) this.note(part, { annotation });
    }
  }

  complete(item: WireObject | undefined): void {
    if (item !== undefined) {
      this.#tellFields(item);
      const content: unknown[] = Array.isArray(item.content) ? item.content : [];
      for (const [part, value] of content.entries()) if (isObject(value)) this.completePart(part, value);
    }
    if (this.#open !== undefined) this.#slot.stop();
    this.#slot.close();
  }

  /** `phase` and the like; they come before the first part. */
  #tellFields(item: WireObject): void {
    if (this.#toldFields || this.#open !== undefined) return;
    const fields: WireObject = {};
    for (const [field, value] of Object.entries(item)) {
      if (!messageFields.has(field) && value !== null) fields[field] = value;
    }
    if (Object.keys(fields).length === 0) return;
    this.#toldFields = true;
    this.#slot.opaque({ message: fields });
  }
}

class ReasoningReader implements ItemReader {
  readonly #slot: Slot;
  readonly #item: WireObject;
  #started = false;
  readonly #parts: ThoughtPart[] = [];
  /** Which part of which list came last. */
  #latest = "";

  constructor(item: WireObject, slot: Slot) {
    this.#item = item;
    this.#slot = slot;
  }

  append(kind: PieceKind, part: number, text: string): void {
    if (text === "") return;
    this.#start();
    const name = `${kind} ${part}`;
    const latest = this.#parts.at(-1);
    if (latest === undefined || name !== this.#latest) {
      if (latest !== undefined) this.#slot.text(partSeparator);
      this.#latest = name;
      this.#parts.push({ kind: kind === "content" ? "content" : "summary", length: text.length });
    } else latest.length += text.length;
    this.#slot.text(text);
  }

  completePart(): void {
    // The whole item says it all.
  }

  complete(item: WireObject = this.#item): void {
    this.#start();
    let parts = this.#parts;
    const whole = readThought(item);
    const received = parts.reduce((sum, { length }) => sum + length, (parts.length - 1) * partSeparator.length);
    if (parts.length === 0 || whole.text.length > received) {
      this.#slot.text(parts.length === 0 ? whole.text : whole.text.slice(received));
      parts = whole.parts;
    }
    this.#slot.stop(encodeNative({ ...item, id: item.id ?? this.#item.id }, parts));
    this.#slot.close();
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#slot.start({ type: "reasoning" });
  }
}

class CallReader implements ItemReader {
  readonly #slot: Slot;
  readonly #state: AnswerState;
  readonly #type: unknown;
  #started = false;
  /** A free-text tool that the upstream saw as a function: its text is known when the JSON around it is complete. */
  #unwraps = false;
  #length = 0;
  #held = "";

  constructor(item: WireObject, slot: Slot, state: AnswerState) {
    this.#slot = slot;
    this.#state = state;
    this.#type = item.type;
    state.hasCalls = true;
    this.#start(item);
  }

  append(_kind: PieceKind, _part: number, text: string): void {
    this.#length += text.length;
    if (this.#started && !this.#unwraps) this.#slot.text(text);
    else {
      this.#held += text;
      if (this.#held.length > maxHeld) throw new RangeError("the upstream's tool call is too long to be read");
    }
  }

  completePart(_part: number, value: WireObject): void {
    const text = textOf(value);
    if (text.length > this.#length) this.append("arguments", 0, text.slice(this.#length));
  }

  complete(item: WireObject | undefined): void {
    if (item !== undefined) {
      this.#start(item);
      this.completePart(0, item);
    }
    // A call without a name is nothing anybody could make.
    if (!this.#started) throw new Error("the upstream sent a tool call without a name");
    if (this.#unwraps) this.#slot.text(unwrapInput(this.#held));
    this.#slot.stop();
    this.#slot.close();
  }

  #start(item: WireObject): void {
    const isSearch = this.#type === "tool_search_call";
    const wireName = isSearch ? "tool_search" : item.name;
    if (this.#started || typeof wireName !== "string" || wireName === "") return;
    this.#started = true;
    const origin = this.#state.context.tools?.get(wireName);
    const block: BlockStart = { type: "tool-call", id: this.#takeId(item.call_id), name: origin?.name ?? wireName };
    const isCustom = this.#type === "custom_tool_call";
    this.#unwraps = origin?.custom === true && !isCustom;
    if (isCustom || this.#unwraps) block.custom = true;
    if (isSearch || origin?.toolSearch === true) block.toolSearch = true;
    const namespace = typeof item.namespace === "string" && item.namespace !== "" ? item.namespace : origin?.namespace;
    if (namespace !== undefined) block.namespace = namespace;
    this.#slot.start(block);
    if (this.#unwraps || this.#held === "") return;
    this.#slot.text(this.#held);
    this.#held = "";
  }

  #takeId(id: unknown): string {
    const { usedIds, context } = this.#state;
    const isOwn = typeof id === "string" && id !== "" && !usedIds.has(id);
    if (!isOwn) context.onNewCallId?.();
    const result = isOwn && isLastingCallId(id) ? id : context.newId("call_");
    usedIds.add(result);
    if (isOwn) usedIds.add(id);
    return result;
  }
}

/** Arguments, input, or the query of a search; some servers send the object itself. */
function textOf(item: WireObject): string {
  const text = item.arguments ?? item.input;
  if (typeof text === "string") return text;
  return isObject(text) ? JSON.stringify(text) : "";
}

/** An item that only this protocol knows: whole at its end. */
class OpaqueReader implements ItemReader {
  readonly #slot: Slot;
  readonly #item: WireObject;

  constructor(item: WireObject, slot: Slot) {
    this.#item = item;
    this.#slot = slot;
  }

  append(): void {
    // Progress of the provider's own tools.
  }

  completePart(): void {
    // Nothing has parts here.
  }

  complete(item: WireObject = this.#item): void {
    // An item that does not say what it is nobody can pass on.
    if (typeof item.type === "string") {
      this.#slot.start({ type: "opaque", protocol: "openai-responses", value: item });
      this.#slot.stop();
    }
    this.#slot.close();
  }
}
