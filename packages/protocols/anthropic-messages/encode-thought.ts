import type { ReasoningPart } from "../model/content.ts";
import type { WireObject } from "../wire/json-object.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { loopLacksThought } from "./loop-lacks-thought.ts";

/** What stands for a thought that is gone, where the upstream demands one before every call. */
const lostThought = ".";

/**
 * A thought goes back only where it is known to be accepted: with the native signature when our envelope opens for this very
 * origin and text; unsigned when this upstream gave it unsigned, or takes unsigned thoughts of anybody.
 */
export function encodeThought(part: ReasoningPart, { profile, origin, sealer, receipt }: EncodeTarget): WireObject[] {
  const envelope = part.redacted ?? part.signature;
  const sealed = sealer.open(envelope, part.text);
  const native = sealed?.origin === origin ? sealed.native : undefined;
  if (native !== undefined && native !== "") {
    if (part.redacted !== undefined) return [{ type: "redacted_thinking", data: native }];
    return [{ type: "thinking", thinking: part.text, signature: native }];
  }
  const takesUnsigned = profile.takesUnsignedThinking || native !== undefined;
  if (part.redacted === undefined && part.text !== "" && takesUnsigned && !profile.verifiesSignatures) {
    if (native === undefined && part.signature !== undefined && part.signature !== "") {
      receipt.note("dropped", "messages.thinking.signature", "signed by another model");
    }
    return [{ type: "thinking", thinking: part.text, signature: "" }];
  }
  receipt.note("dropped", "messages.thinking", "not signed by this upstream");
  return [];
}

export function isThought(block: WireObject | undefined): boolean {
  return block?.type === "thinking" || block?.type === "redacted_thinking";
}

/** Kimi and DeepSeek refuse calls without a thought before them: calls of another model get a placeholder. */
export function restoreThought(content: WireObject[], { profile, receipt }: EncodeTarget): void {
  if (!profile.reasoningRequiredWithToolCalls || !profile.takesUnsignedThinking) return;
  const firstCall = content.findIndex((block) => block.type === "tool_use");
  if (firstCall < 0 || content.slice(0, firstCall).some(isThought)) return;
  content.unshift({ type: "thinking", thinking: lostThought, signature: "" });
  receipt.note("emulated", "messages.thinking", "a placeholder for a thought that is gone");
}

/** "The final block in an assistant message cannot be `thinking`": left behind by answers that were cut off. */
export function endWithoutThought(content: WireObject[], { receipt }: EncodeTarget): void {
  if (!isThought(content.at(-1))) return;
  while (isThought(content.at(-1))) content.pop();
  receipt.note("dropped", "messages.thinking", "a thought that nothing follows");
}

/** In the form of the wire. */
export function lacksThought(messages: readonly WireObject[]): boolean {
  return loopLacksThought(messages, {
    hasResult: ({ content }) =>
      Array.isArray(content) && (content as WireObject[]).some((block) => block.type === "tool_result"),
    beginsWithThought: ({ content }) => Array.isArray(content) && isThought(content[0] as WireObject | undefined),
  });
}
