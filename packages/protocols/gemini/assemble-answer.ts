import type { BlockStart, EmitEvent } from "../model/chat-event.ts";
import type { FinishReason } from "../model/finish-reason.ts";
import { noUsage, type Usage } from "../model/usage.ts";
import type { DecodeAnswerContext } from "../protocol-contract.ts";
import { isLastingCallId } from "../wire/lasting-call-id.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { markSignature, type SignedKind } from "./signed-part.ts";

/** Turns the parts of an answer, which come one after the other and calls whole, into blocks. */
export interface AnswerAssembler {
  start(id: string, model: string): void;
  thought(text: string, signature: string | undefined): void;
  text(text: string, signature: string | undefined): void;
  call(call: WireObject, signature: string | undefined): void;
  opaque(part: WireObject, signature: string | undefined): void;
  usage(usage: Usage): void;
  finish(reason: FinishReason, extensions: WireObject | undefined): void;
  hasCalls(): boolean;
  /** Something that a client can see has come. */
  hasContent(): boolean;
}

export function createAnswerAssembler(context: DecodeAnswerContext, emit: EmitEvent): AnswerAssembler {
  const usedIds = new Set<string>();
  let open: "text" | "reasoning" | undefined;
  let index = -1;
  let latestUsage: Usage | undefined;
  let anyCalls = false;
  let anyContent = false;

  function begin(block: BlockStart): void {
    index++;
    emit({ type: "block-start", index, block });
  }

  function close(signature?: string): void {
    if (open === undefined) return;
    open = undefined;
    emit(signature === undefined ? { type: "block-stop", index } : { type: "block-stop", index, signature });
  }

  function write(kind: "text" | "reasoning", text: string): void {
    if (open !== kind) {
      close();
      begin({ type: kind });
      open = kind;
    }
    if (text !== "") emit({ type: "block-delta", index, text });
  }

  /**
   * The hub has signatures on thoughts only: what another part is signed with goes on the thought just before it, or on an
   * empty one, and says to which kind of part it belongs.
   */
  function sign(kind: SignedKind, signature: string | undefined): void {
    if (signature === undefined) close();
    else {
      if (open !== "reasoning") write("reasoning", "");
      close(markSignature(kind, signature));
    }
  }

  /** @throws TypeError for a call without a name */
  function readCall({ id, name, args }: WireObject): { block: BlockStart; args: string } {
    if (typeof name !== "string" || name === "")
      throw new TypeError("the upstream sent a function call without a name");
    const known = typeof id === "string" && isLastingCallId(id) && !usedIds.has(id);
    const callId = known ? id : context.newId("call_");
    usedIds.add(callId);
    const origin = context.tools?.get(name);
    const block: BlockStart = { type: "tool-call", id: callId, name: origin?.name ?? name };
    if (origin?.custom === true) block.custom = true;
    if (origin?.namespace !== undefined) block.namespace = origin.namespace;
    if (origin?.toolSearch === true) block.toolSearch = true;
    // A free-text tool was shown as a function with one string.
    if (origin?.custom === true && isObject(args) && typeof args.input === "string") return { block, args: args.input };
    return { block, args: typeof args === "string" ? args : JSON.stringify(isObject(args) ? args : {}) };
  }

  return {
    start(id, model) {
      emit({ type: "start", id, model });
    },
    thought(text, signature) {
      if (text !== "" || signature !== undefined) write("reasoning", text);
      if (signature !== undefined) close(markSignature("thought", signature));
    },
    text(text, signature) {
      if (text !== "") anyContent = true;
      // The end of a streamed text is often signed alone: what was said before stays as it is.
      const isFirst = open !== "text";
      if (signature !== undefined && isFirst) sign("text", signature);
      if (text !== "") write("text", text);
      if (signature !== undefined && !isFirst) sign("end", signature);
    },
    call(call, signature) {
      sign("call", signature);
      anyCalls = true;
      anyContent = true;
      const { block, args } = readCall(call);
      begin(block);
      if (args !== "") emit({ type: "block-delta", index, text: args });
      emit({ type: "block-stop", index });
    },
    opaque(part, signature) {
      sign("other", signature);
      anyContent = true;
      begin({ type: "opaque", protocol: "gemini", value: part });
      emit({ type: "block-stop", index });
    },
    usage(usage) {
      latestUsage = usage;
      emit({ type: "usage", usage });
    },
    finish(reason, extensions) {
      close();
      emit({
        type: "finish",
        reason,
        usage: latestUsage ?? noUsage,
        ...(latestUsage === undefined ? { usageMissing: true } : {}),
        ...(extensions === undefined ? {} : { extensions: { gemini: extensions } }),
      });
    },
    hasCalls: () => anyCalls,
    hasContent: () => anyContent,
  };
}
