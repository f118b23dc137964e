import type { FinishReason } from "../model/finish-reason.ts";
import type { ChatError } from "../model/error.ts";
import type { AnswerAssembler } from "./assemble-answer.ts";

/** Reasons that say that the model's output could not be read: another attempt may well be better. */
const failures: ReadonlySet<string> = new Set([
  "MALFORMED_FUNCTION_CALL",
  "MALFORMED_RESPONSE",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "MISSING_THOUGHT_SIGNATURE",
]);

/** Reasons that withhold an answer, or the rest of it (https://ai.google.dev/api/generate-content#FinishReason). */
const filters: ReadonlySet<string> = new Set([
  "SAFETY",
  "RECITATION",
  "LANGUAGE",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "IMAGE_SAFETY",
  "IMAGE_PROHIBITED_CONTENT",
  "IMAGE_RECITATION",
  "MODEL_ARMOR",
]);

/** Why the answer ended; a failure is thrown away before the client has seen any of it. */
export function readFinishReason(
  wireReason: string,
  message: unknown,
  seen: Pick<AnswerAssembler, "hasCalls" | "hasContent">,
): FinishReason | ChatError {
  if (wireReason === "MAX_TOKENS") return "length";
  if (filters.has(wireReason)) return "content-filter";
  const words = typeof message === "string" && message !== "" ? `: ${message.slice(0, 300).toWellFormed()}` : "";
  if (failures.has(wireReason)) {
    return {
      code: "upstream_invalid_response",
      message: `the model's answer could not be read (${wireReason})${words}`,
    };
  }
  if (wireReason !== "STOP" && !seen.hasContent()) {
    return { code: "upstream_error", message: `the upstream gave no answer (${wireReason})${words}` };
  }
  return seen.hasCalls() ? "tool-calls" : "stop";
}
