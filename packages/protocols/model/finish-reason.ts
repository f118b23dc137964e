/** Why an answer ended. `error` only after a failure inside the stream. */
export type FinishReason =
  | "stop"
  | "stop-sequence"
  | "length"
  | "tool-calls"
  | "refusal"
  | "content-filter"
  | "context-window"
  | "pause"
  | "error";
