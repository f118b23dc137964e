import type { ReasoningPart } from "../model/content.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import type { WireMessage, WirePart } from "./wire.ts";

/**
 * Sent where a vendor demands a thought and the history has none. One space, because an empty string counts as missing at
 * some hosts of Kimi (earendil-works/pi#4251), and words would be taken for the model's own.
 */
const unknownThought = " ";

/** Gives an assistant message the thoughts it was made with, in the form and as far as the vendor wants them back. */
export function addThoughts(
  message: WireMessage,
  thoughts: readonly ReasoningPart[],
  hasCalls: boolean,
  profile: VendorProfile,
  target: EncodeTarget,
): void {
  const { reasoningReplay } = profile;
  if (reasoningReplay === "none" || (reasoningReplay === "tool-turns" && !hasCalls)) {
    if (thoughts.length > 0)
      target.receipt.note("dropped", "messages.reasoning", "the upstream takes no such thoughts back");
    return;
  }
  if (profile.reasoningDetails !== true) for (const thought of thoughts) noteSignature(thought, target);
  // Not trimmed and nothing between them: what comes back must be what was made, byte for byte.
  let text = "";
  for (const thought of thoughts) text += thought.text;
  if (profile.thoughtsAsParts === true) {
    if (text !== "") message.content = [thoughtPart(text), ...partsOf(message.content)];
    return;
  }
  const required = profile.reasoningRequiredAlways === true || (profile.reasoningRequiredWithToolCalls && hasCalls);
  if (text !== "") message[profile.reasoningField] = text;
  else if (required) {
    message[profile.reasoningField] = unknownThought;
    target.receipt.note(
      "approximated",
      "messages.reasoning",
      "the upstream demands a thought where the history has none",
    );
  }
  if (profile.reasoningDetails !== true) return;
  const details = encodeDetails(thoughts, target);
  if (details.length > 0) message.reasoning_details = details;
}

/** Mistral's form (https://docs.mistral.ai/capabilities/reasoning/native): the first part of the content. */
function thoughtPart(text: string): WirePart {
  return { type: "thinking", thinking: [{ type: "text", text }] };
}

function partsOf(content: WireMessage["content"]): WirePart[] {
  if (content === undefined || content === null || content === "") return [];
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/**
 * A detail goes back as it came, with its id and its format, to where it came from: the envelope holds it without its text.
 * Native signatures are noise or an error anywhere else.
 */
function encodeDetails(thoughts: readonly ReasoningPart[], target: EncodeTarget): WireObject[] {
  const details: WireObject[] = [];
  for (const [index, thought] of thoughts.entries()) {
    const { redacted, text } = thought;
    const sealed = target.sealer.open(redacted ?? thought.signature, redacted === undefined ? text : "");
    const native = sealed !== undefined && sealed.origin === target.origin ? sealed.native : "";
    const own = parseDetail(native);
    if (native === "") noteSignature(thought, target);
    if (own !== undefined) details.push(withText(own, text));
    else if (redacted !== undefined) {
      if (native !== "") details.push({ type: "reasoning.encrypted", data: native, index });
    } else if (text !== "" || native !== "") {
      details.push({ type: "reasoning.text", text, ...(native === "" ? {} : { signature: native }), index });
    }
  }
  return details;
}

function parseDetail(native: string): WireObject | undefined {
  if (!native.startsWith("{")) return undefined;
  try {
    const detail: unknown = JSON.parse(native);
    return isObject(detail) && typeof detail.type === "string" ? detail : undefined;
  } catch {
    return undefined;
  }
}

function withText({ type, ...rest }: WireObject, text: string): WireObject {
  switch (type) {
    case "reasoning.encrypted":
      return { type, ...rest };
    case "reasoning.summary":
      return { type, summary: text, ...rest };
    default:
      return { type, text, ...rest };
  }
}

/** A thought without its signature, or nothing of one that is nothing else: only who made them can read them. */
function noteSignature({ redacted, signature }: ReasoningPart, { sealer, origin, receipt }: EncodeTarget): void {
  const envelope = redacted ?? signature;
  if (envelope === undefined || envelope === "" || sealer.originOf(envelope) === origin) return;
  receipt.note("dropped", "messages.reasoning.signature", "signed or encrypted by another model");
}
