import type { ContentPart, ReasoningPart, ToolCallPart } from "../model/content.ts";
import { noteOpaque } from "../note-losses.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { parseArguments } from "../tools/parse-arguments.ts";
import { wrapInput } from "../tools/show-custom-tool.ts";
import type { ToolNames } from "../tools/tool-names.ts";
import type { WireObject } from "../wire/json-object.ts";
import { encodeMedia } from "./encode-media.ts";
import type { SentCall } from "./encode-function-responses.ts";
import { readMarkedSignature, type SignedKind } from "./signed-part.ts";

/**
 * Taken for a signature that is gone, for example of a call that another model made
 * (https://ai.google.dev/gemini-api/docs/thought-signatures).
 */
const unknownSignature = "skip_thought_signature_validator";

/** Writes what the model said between two turns of the user, perhaps in several messages. */
export interface ModelTurn {
  readonly parts: WireObject[];
  readonly calls: SentCall[];
  take(content: readonly ContentPart[]): void;
  /** Writes signatures that have found no part. */
  end(): void;
}

export function createModelTurn(target: EncodeTarget, names: ToolNames): ModelTurn {
  const { profile, receipt } = target;
  const parts: WireObject[] = [];
  const calls: SentCall[] = [];
  /** Signatures whose parts come later. */
  const waiting = new Map<SignedKind, string[]>();

  function takeThought(part: ReasoningPart): void {
    const sealed = target.sealer.open(part.redacted ?? part.signature, part.redacted === undefined ? part.text : "");
    if (sealed === undefined || sealed.origin !== target.origin || part.redacted !== undefined) {
      receipt.note("dropped", "messages.reasoning", "a thought of another model, or without its signature");
      return;
    }
    const marked = readMarkedSignature(sealed.native);
    if (marked?.kind === "thought") {
      parts.push({ text: part.text, thought: true, thoughtSignature: marked.signature });
      return;
    }
    if (part.text !== "") parts.push({ text: part.text, thought: true });
    if (marked === undefined) return;
    const last = parts.at(-1);
    if (marked.kind === "end" && last?.text !== undefined && last.thought !== true) {
      parts.push({ text: "", thoughtSignature: marked.signature });
      return;
    }
    // Two signatures of text in a row: the first stands alone, as it did in the stream.
    if (marked.kind === "text" || marked.kind === "end") flushText();
    const list = waiting.get(marked.kind);
    if (list === undefined) waiting.set(marked.kind, [marked.signature]);
    else list.push(marked.signature);
  }

  function signed(kind: SignedKind, part: WireObject): WireObject {
    const signature = waiting.get(kind)?.shift();
    return signature === undefined ? part : { ...part, thoughtSignature: signature };
  }

  /** Signatures of text that stand alone. */
  function flushText(): void {
    for (const kind of ["text", "end"] as const) {
      for (const signature of waiting.get(kind) ?? []) parts.push({ text: "", thoughtSignature: signature });
      waiting.delete(kind);
    }
  }

  function takeCall(part: ToolCallPart): void {
    flushText();
    const wireName = names.toWire(part.name, part.namespace);
    const id = profile.functionCallIds === true ? { id: part.id } : {};
    const call = signed("call", { functionCall: { ...id, name: wireName, args: encodeArgs(part, target) } });
    if (calls.length === 0 && profile.callsNeedSignature === true && call.thoughtSignature === undefined) {
      call.thoughtSignature = unknownSignature;
      receipt.note(
        "emulated",
        "messages.tool_call.signature",
        "the first call of a step stands without its own signature",
      );
    }
    parts.push(call);
    calls.push({ id: part.id, wireName });
  }

  function takePart(part: ContentPart): void {
    switch (part.type) {
      case "reasoning":
        takeThought(part);
        break;
      case "text":
      case "refusal":
        if (part.text !== "") parts.push(signed("text", { text: part.text }));
        break;
      case "tool-call":
        takeCall(part);
        break;
      case "image":
      case "document":
        parts.push(encodeMedia(part, target));
        break;
      case "opaque":
        if (part.protocol === "gemini") parts.push(signed("other", part.value));
        else noteOpaque(part, receipt);
        break;
      case "web-search":
      case "tool-search":
        receipt.note("dropped", `messages.${part.type}`, "made by another provider");
        break;
      case "tool-result":
      case "tool-reference":
        break;
    }
  }

  return {
    parts,
    calls,
    take(content) {
      for (const part of content) takePart(part);
    },
    end: flushText,
  };
}

function encodeArgs({ custom, arguments: text }: ToolCallPart, { receipt }: EncodeTarget): WireObject {
  if (custom !== true) return parseArguments(text, receipt);
  receipt.note("emulated", "messages.custom_tool_call", "a free-text call is shown as a function call");
  return wrapInput(text);
}
