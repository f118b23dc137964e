import type { BlockStart, EmitEvent } from "../model/chat-event.ts";
import type { FinishReason } from "../model/finish-reason.ts";
import { maxHeld } from "../model/limits.ts";
import { noUsage, type Usage } from "../model/usage.ts";
import { createToolCall, type OpenToolCall } from "./assemble-tool-call.ts";
import type { DecodeAnswerContext } from "../protocol-contract.ts";
import { isLastingCallId } from "../wire/lasting-call-id.ts";

type TextKind = "text" | "reasoning" | "refusal";

interface TextBlock {
  kind: TextKind;
  text: string;
  signature?: string;
  /** Nothing more is added to it. */
  ended?: boolean;
}

interface RedactedBlock {
  kind: "redacted";
  data: string;
}

type Block = TextBlock | RedactedBlock | { kind: "call"; call: OpenToolCall };

/** Turns the pieces of an answer, in whatever order a vendor sends them, into blocks that never overlap. */
export interface AnswerAssembler {
  start(id: string, model: string): void;
  text(kind: TextKind, text: string): void;
  /** Closes the thought so far: more reasoning is a new block. */
  signature(signature: string): void;
  /** Gives the thought that is open a signature for its end, in place of the one before; opens one without words if none is. */
  nameThought(signature: string): void;
  /** More reasoning is a new block. */
  endThought(): void;
  redacted(data: string): void;
  /** Begins a call. @param id the upstream's, replaced where it cannot stand in a client's history */
  openCall(id: string | undefined, name: string, custom: boolean): OpenToolCall;
  argumentsOf(call: OpenToolCall, text: string): void;
  usage(usage: Usage): void;
  /** Closes everything and ends the answer. */
  finish(reason: FinishReason, stopSequence?: string): void;
  hasCalls(): boolean;
  hasRefusal(): boolean;
}

/**
 * The open block streams; whatever begins before it is complete is held back. Only calls can make others wait: text and
 * thoughts end where something else begins, a call ends with its JSON.
 */
export function createAnswerAssembler(context: DecodeAnswerContext, emit: EmitEvent): AnswerAssembler {
  const waiting: Block[] = [];
  const usedIds = new Set<string>();
  let open: Block | undefined;
  let index = -1;
  let held = 0;
  let latestUsage: Usage | undefined;
  let anyCalls = false;
  let anyRefusal = false;

  function emitText(text: string): void {
    if (text !== "") emit({ type: "block-delta", index, text });
  }

  function begin(block: Block): void {
    open = block;
    index++;
    emit({ type: "block-start", index, block: describe(block) });
    if (block.kind === "call") emitText(block.call.takeText());
    else if (block.kind !== "redacted") emitText(block.text);
  }

  function close(): void {
    if (open === undefined) return;
    if (open.kind === "call") emitText(open.call.end());
    const signature = open.kind === "reasoning" ? open.signature : undefined;
    emit(signature === undefined ? { type: "block-stop", index } : { type: "block-stop", index, signature });
    open = undefined;
  }

  /** Lets blocks that waited through, as far as the open one is complete. */
  function advance(): void {
    while (waiting.length > 0 && (open?.kind !== "call" || open.call.isComplete())) {
      close();
      const next = waiting.shift();
      if (next === undefined) return;
      held -= sizeOf(next);
      begin(next);
    }
  }

  function append(block: Block): void {
    waiting.push(block);
    hold(sizeOf(block));
    advance();
  }

  function hold(size: number): void {
    held += size;
    if (held > maxHeld) throw new RangeError("the upstream interleaves more than can be held back");
  }

  function lastBlock(): Block | undefined {
    return waiting.at(-1) ?? open;
  }

  return {
    start(id, model) {
      emit({ type: "start", id, model });
    },
    text(kind, text) {
      if (text === "") return;
      if (kind === "refusal") anyRefusal = true;
      const last = lastBlock();
      if (last === undefined || last.kind !== kind || last.ended === true) {
        append({ kind, text });
      } else if (last === open) emitText(text);
      else {
        last.text += text;
        hold(text.length);
      }
    },
    signature(signature) {
      const last = lastBlock();
      if (last?.kind === "reasoning" && last.ended !== true) {
        last.signature = signature;
        last.ended = true;
      } else append({ kind: "reasoning", text: "", signature, ended: true });
    },
    nameThought(signature) {
      const last = lastBlock();
      if (last?.kind === "reasoning" && last.ended !== true) last.signature = signature;
      else append({ kind: "reasoning", text: "", signature });
    },
    endThought() {
      const last = lastBlock();
      if (last?.kind === "reasoning") last.ended = true;
    },
    redacted(data) {
      append({ kind: "redacted", data });
    },
    openCall(id, name, custom) {
      anyCalls = true;
      const known = id !== undefined && isLastingCallId(id) && !usedIds.has(id);
      if (id === undefined || usedIds.has(id)) context.onNewCallId?.();
      const callId = known ? id : context.newId("call_");
      usedIds.add(callId);
      if (id !== undefined) usedIds.add(id);
      const call = createToolCall(callId, name, custom, context.tools?.get(name));
      append({ kind: "call", call });
      return call;
    },
    argumentsOf(call, text) {
      const isOpen = open?.kind === "call" && open.call === call;
      const before = call.heldLength();
      call.feed(text);
      if (isOpen) {
        emitText(call.takeText());
        advance();
      } else if (waiting.some((block) => block.kind === "call" && block.call === call))
        hold(call.heldLength() - before);
    },
    usage(usage) {
      latestUsage = usage;
      emit({ type: "usage", usage });
    },
    finish(reason, stopSequence) {
      for (;;) {
        close();
        const next = waiting.shift();
        if (next === undefined) break;
        begin(next);
      }
      emit({
        type: "finish",
        reason,
        ...(stopSequence === undefined ? {} : { stopSequence }),
        usage: latestUsage ?? noUsage,
        ...(latestUsage === undefined ? { usageMissing: true } : {}),
      });
    },
    hasCalls: () => anyCalls,
    hasRefusal: () => anyRefusal,
  };
}

function describe(block: Block): BlockStart {
  switch (block.kind) {
    case "call":
      return block.call.describe();
    case "redacted":
      return { type: "reasoning", redacted: block.data };
    default:
      return { type: block.kind };
  }
}

function sizeOf(block: Block): number {
  if (block.kind === "call") return block.call.heldLength();
  return block.kind === "redacted" ? block.data.length : block.text.length;
}
