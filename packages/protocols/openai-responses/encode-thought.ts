import type { ReasoningPart } from "../model/content.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import type { WireObject } from "../wire/json-object.ts";
import { decodeNative, restoreItem, type NativeReasoning } from "./native-reasoning.ts";

/** The item as this very upstream gave it; undefined for thoughts of others, or of another credential (openai/codex#9045). */
export function openThought(
  part: ReasoningPart,
  { sealer, origin }: Pick<EncodeTarget, "sealer" | "origin">,
): NativeReasoning | undefined {
  if (part.redacted !== undefined) return undefined;
  const sealed = sealer.open(part.signature, part.text);
  return sealed?.origin === origin ? decodeNative(sealed.native) : undefined;
}

/**
 * A thought goes back exactly as it was to where it came from. Elsewhere its encrypted content is an error, and its text is
 * sent only where thoughts without a signature are known to be taken: never as something that was said (BerriAI/litellm#26916).
 */
export function encodeThought(part: ReasoningPart, target: EncodeTarget): WireObject | undefined {
  const native = openThought(part, target);
  if (native !== undefined) return restoreItem(native, part.text);
  if (part.redacted === undefined && part.text !== "" && target.profile.takesUnsignedThinking) {
    const { signature } = part;
    if (signature !== undefined && signature !== "" && target.sealer.originOf(signature) !== target.origin) {
      target.receipt.note("dropped", "messages.reasoning.signature", "signed or encrypted by another model");
    }
    return { type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: part.text }] };
  }
  target.receipt.note("dropped", "messages.reasoning", "not made by this upstream");
  return undefined;
}
