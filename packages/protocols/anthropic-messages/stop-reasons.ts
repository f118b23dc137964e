import type { FinishReason } from "../model/finish-reason.ts";

/** `stop_reason` of a message (https://platform.claude.com/docs/en/api/handling-stop-reasons). */
const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  max_tokens: "length",
  stop_sequence: "stop-sequence",
  tool_use: "tool-calls",
  refusal: "refusal",
  pause_turn: "pause",
  model_context_window_exceeded: "context-window",
};

const stopReasons: Readonly<Record<FinishReason, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  "stop-sequence": "stop_sequence",
  "tool-calls": "tool_use",
  refusal: "refusal",
  "content-filter": "refusal",
  pause: "pause_turn",
  "context-window": "model_context_window_exceeded",
  error: "end_turn",
};

/**
 * A reason nobody has heard of is an ordinary end. Some servers say `end_turn` after calls, or `tool_use` without one: what
 * is in the answer decides.
 */
export function decodeStopReason(value: unknown, hasCalls?: boolean): FinishReason {
  const reason = (typeof value === "string" ? finishReasons[value] : undefined) ?? "stop";
  if (reason === "stop" && hasCalls === true) return "tool-calls";
  return reason === "tool-calls" && hasCalls === false ? "stop" : reason;
}

export function encodeStopReason(reason: FinishReason): string {
  return stopReasons[reason];
}
