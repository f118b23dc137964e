import type { ChatError, ErrorCode } from "../model/error.ts";
import type { FinishReason } from "../model/finish-reason.ts";
import type { AnswerAssembler } from "./assemble-answer.ts";

/** Reasons that are failures of the upstream, spelled as reasons (DeepSeek, Z.ai, vLLM, OpenRouter). */
const failures: ReadonlyMap<string, ErrorCode> = new Map([
  ["insufficient_system_resource", "upstream_overloaded"],
  ["network_error", "upstream_error"],
  ["abort", "upstream_error"],
  ["error", "upstream_error"],
] as const);

/** The failure that a reason tells of; undefined for an answer that ended as it should. */
export function readFailure(wireReason: string | undefined): ChatError | undefined {
  const code = wireReason === undefined ? undefined : failures.get(wireReason);
  return code === undefined ? undefined : { code, message: `the upstream gave up: ${wireReason}` };
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
