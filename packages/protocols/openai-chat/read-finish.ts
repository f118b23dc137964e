import type { FinishReason } from "../model/finish-reason.ts";
import type { AnswerAssembler } from "./assemble-answer.ts";

/** Reasons that are failures of the upstream, spelled as reasons (DeepSeek, Z.ai, vLLM, OpenRouter). */
const failures: ReadonlySet<string> = new Set(["insufficient_system_resource", "network_error", "abort", "error"]);

export function isFailure(wireReason: string): boolean {
  return failures.has(wireReason);
}

/** Why the answer ended; what was seen counts more than the word, which vendors get wrong in both directions. */
export function readFinishReason(
  wireReason: string | undefined,
  seen: Pick<AnswerAssembler, "hasCalls" | "hasRefusal">,
): FinishReason {
  switch (wireReason) {
    case "length":
    case "max_tokens":
    case "model_length":
      return "length";
    case "content_filter":
    case "sensitive":
      return "content-filter";
    case "model_context_window_exceeded":
      return "context-window";
    default:
      if (seen.hasCalls()) return "tool-calls";
      return seen.hasRefusal() || wireReason === "refusal" ? "refusal" : "stop";
  }
}
