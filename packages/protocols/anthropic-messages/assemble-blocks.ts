import type { BlockStart, EmitEvent } from "../model/chat-event.ts";
import { maxHeld } from "../model/limits.ts";
import type { DecodeAnswerContext } from "../protocol-contract.ts";
import { unwrapInput } from "../tools/show-custom-tool.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { isLastingCallId } from "../wire/lasting-call-id.ts";

type Kind = "text" | "thinking" | "redacted" | "call" | "opaque";

interface Block {
  readonly kind: Kind;
  readonly wireIndex: number;
  readonly start: BlockStart;
  index: number;
  /** Came while an earlier block was open, or cannot be sent on before its end. */
  held: string;
  hasText: boolean;
  isStopped: boolean;
  signature: string | undefined;
  /** The signature came with the start; one that comes later replaces it. */
  signedAtStart: boolean;
  /** Input that came whole with the start, used if no delta follows. */
  input: string;
  /** A free-text tool that the upstream saw as a function: its text is known when the JSON around it is complete. */
  unwraps: boolean;
}

/** Puts the blocks of a stream in order: whatever the upstream does, they come out one after the other. */
export interface BlockAssembler {
  begin(wireIndex: number, block: WireObject): void;
  append(wireIndex: number, delta: WireObject): void;
  stop(wireIndex: number): void;
  stopAll(): void;
  hasCalls(): boolean;
}

/**
 * Forgives what servers get wrong: missing starts and stops, indices that collide or leave gaps, a text delta on a call, the
 * arguments of parallel calls mixed. A call is never cut in two: what comes while one is open waits for its end.
 * @param beforeContent called before every block
 */
export function createBlockAssembler(
  context: DecodeAnswerContext,
  emit: EmitEvent,
  beforeContent: () => void,
): BlockAssembler {
  let live: Block | undefined;
  const queue: Block[] = [];
  const ids = new Set<string>();
  const begun = new Set<number>();
  let nextIndex = 0;
  let anyCalls = false;
  /** Characters that were ever held back: a bound, not a balance. */
  let held = 0;

  function add(kind: Kind, wireIndex: number, start: BlockStart, isImplied: boolean): Block {
    const block: Block = {
      kind,
      wireIndex,
      start,
      index: -1,
      held: "",
      hasText: false,
      isStopped: false,
      signature: undefined,
      signedAtStart: false,
      input: "",
      unwraps: false,
    };
    const waits = live !== undefined && !isProse(live) && (isImplied || live.wireIndex !== wireIndex);
    if (live !== undefined && !waits) live.isStopped = true;
    begun.add(wireIndex);
    queue.push(block);
    return block;
  }

  /** Ends the open block if it can end, and goes on with the next. */
  function advance(): void {
    for (;;) {
      if (live !== undefined && !live.isStopped && !(queue.length > 0 && isProse(live))) return;
      if (live !== undefined) finish(live);
      live = queue.shift();
      if (live === undefined) return;
      beforeContent();
      live.index = nextIndex++;
      if (live.kind === "opaque") continue;
      emit({ type: "block-start", index: live.index, block: live.start });
      if (live.unwraps || live.held === "") continue;
      emit({ type: "block-delta", index: live.index, text: live.held });
      live.held = "";
    }
  }

  function finish(block: Block): void {
    const { index, signature, start } = block;
    if (start.type === "opaque") {
      const value = block.held === "" ? start.value : { ...start.value, input: parseJson(block.held) ?? {} };
      emit({ type: "block-start", index, block: { ...start, value } });
    } else if (block.kind === "call") {
      const rest = block.hasText ? block.held : block.input;
      const text = block.unwraps ? unwrapInput(rest) : rest;
      if (text !== "") emit({ type: "block-delta", index, text });
    }
    emit(signature === undefined ? { type: "block-stop", index } : { type: "block-stop", index, signature });
  }

  function write(block: Block, text: string): void {
    block.hasText = true;
    if (block !== live || block.unwraps || block.kind === "opaque") {
      block.held += text;
      held += text.length;
      if (held > maxHeld) throw new RangeError("the upstream interleaves more than can be held back");
    } else emit({ type: "block-delta", index: block.index, text });
  }

  /** The block a delta is meant for. Its index decides; if no block ever had it, it is the open one of its kind. */
  function find(wireIndex: number, fits: (block: Block) => boolean): Block | undefined {
    const isMeant = (block: Block): boolean => block.wireIndex === wireIndex && !block.isStopped && fits(block);
    if (live !== undefined && isMeant(live)) return live;
    const isKnown = begun.has(wireIndex);
    return queue.find(isMeant) ?? (live !== undefined && !isKnown && fits(live) ? live : undefined);
  }

  function writeProse(kind: "text" | "thinking", wireIndex: number, text: unknown): void {
    if (typeof text !== "string" || text === "") return;
    const start: BlockStart = kind === "text" ? { type: "text" } : { type: "reasoning" };
    const block = find(wireIndex, (one) => one.kind === kind) ?? add(kind, wireIndex, start, true);
    if (block.index < 0) advance();
    write(block, text);
  }

  function sign(wireIndex: number, signature: unknown): void {
    if (typeof signature !== "string" || signature === "") return;
    const found = find(wireIndex, (one) => one.kind === "thinking");
    const block = found ?? add("thinking", wireIndex, { type: "reasoning" }, true);
    block.signature = block.signedAtStart ? signature : (block.signature ?? "") + signature;
    block.signedAtStart = false;
    advance();
  }

  function cite(citation: unknown): void {
    if (live?.kind !== "text") return;
    const value = { type: "citations_delta", citation };
    emit({ type: "opaque-event", protocol: "anthropic-messages", value });
  }

  function beginCall(wireIndex: number, block: WireObject): void {
    anyCalls = true;
    const wireName = typeof block.name === "string" ? block.name : "";
    const origin = context.tools?.get(wireName);
    const start: BlockStart = { type: "tool-call", id: takeId(block.id), name: origin?.name ?? wireName };
    if (origin?.namespace !== undefined) start.namespace = origin.namespace;
    if (origin?.custom === true) start.custom = true;
    if (origin?.toolSearch === true) start.toolSearch = true;
    const call = add("call", wireIndex, start, false);
    call.unwraps = origin?.custom === true;
    if (isObject(block.input) && Object.keys(block.input).length > 0) call.input = JSON.stringify(block.input);
  }

  function takeId(id: unknown): string {
    const isOwn = typeof id === "string" && id !== "" && !ids.has(id);
    if (!isOwn) context.onNewCallId?.();
    const result = isOwn && isLastingCallId(id) ? id : context.newId("toolu_");
    ids.add(result);
    if (isOwn) ids.add(id);
    return result;
  }

  return {
    begin(wireIndex, block) {
      switch (block.type) {
        case "text":
          add("text", wireIndex, { type: "text" }, false);
          advance();
          writeProse("text", wireIndex, block.text);
          if (Array.isArray(block.citations)) for (const citation of block.citations) cite(citation);
          return;
        case "thinking": {
          const thought = add("thinking", wireIndex, { type: "reasoning" }, false);
          advance();
          writeProse("thinking", wireIndex, block.thinking);
          if (typeof block.signature !== "string" || block.signature === "") return;
          thought.signature = block.signature;
          thought.signedAtStart = true;
          return;
        }
        case "redacted_thinking": {
          const redacted = typeof block.data === "string" ? block.data : "";
          add("redacted", wireIndex, { type: "reasoning", redacted }, false);
          break;
        }
        case "tool_use":
          beginCall(wireIndex, block);
          break;
        default:
          // A block that does not say what it is nobody can pass on.
          if (typeof block.type !== "string") return;
          add("opaque", wireIndex, { type: "opaque", protocol: "anthropic-messages", value: { ...block } }, false);
      }
      advance();
    },
    append(wireIndex, delta) {
      switch (delta.type) {
        case "text_delta":
          return writeProse("text", wireIndex, delta.text);
        case "thinking_delta":
          return writeProse("thinking", wireIndex, delta.thinking);
        case "signature_delta":
          return sign(wireIndex, delta.signature);
        case "citations_delta":
          return cite(delta.citation);
        case "input_json_delta": {
          // Arguments of no call belong to nothing.
          const call = find(wireIndex, (block) => !isProse(block));
          if (call === undefined || typeof delta.partial_json !== "string" || delta.partial_json === "") return;
          return write(call, delta.partial_json);
        }
        default: {
          // `compaction_delta` and its like give a block of this protocol's own its final fields.
          const block = find(wireIndex, (one) => one.kind === "opaque");
          if (block?.start.type !== "opaque") return;
          const { type: _type, ...fields } = delta;
          Object.assign(block.start.value, fields);
        }
      }
    },
    stop(wireIndex) {
      for (const block of queue) if (block.wireIndex === wireIndex) block.isStopped = true;
      if (live !== undefined && (live.wireIndex === wireIndex || !begun.has(wireIndex))) live.isStopped = true;
      advance();
    },
    stopAll() {
      for (const block of queue) block.isStopped = true;
      if (live !== undefined) live.isStopped = true;
      advance();
    },
    hasCalls: () => anyCalls,
  };
}

function isProse(block: Block): boolean {
  return block.kind !== "call" && block.kind !== "opaque";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
