import type { VendorProfile } from "../vendors/profile.ts";
import type { AnswerAssembler } from "./assemble-answer.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/**
 * Hands on what a message or delta holds of the model's thoughts. Vendors say the same thought in up to three fields:
 * the profile's own counts, else the other, else the text of the details; signatures come from the details only.
 */
export function readThought(source: WireObject, profile: VendorProfile, assembler: AnswerAssembler): void {
  const own = source[profile.reasoningField];
  const other = source[profile.reasoningField === "reasoning" ? "reasoning_content" : "reasoning"];
  const text = typeof own === "string" && own !== "" ? own : other;
  const details = source.reasoning_details;
  if (typeof text === "string" && text !== "") assembler.text("reasoning", text);
  if (!Array.isArray(details)) return;
  for (const detail of details) {
    if (!isObject(detail)) continue;
    if (detail.type === "reasoning.encrypted") {
      if (typeof detail.data === "string") assembler.redacted(detail.data);
      continue;
    }
    const words = detail.text ?? detail.summary;
    if (typeof words === "string" && (typeof text !== "string" || text === "")) assembler.text("reasoning", words);
    if (typeof detail.signature === "string" && detail.signature !== "") assembler.signature(detail.signature);
  }
}
