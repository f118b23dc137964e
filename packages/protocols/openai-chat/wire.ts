/** One part of a message's content, for example `{type: "text", text}`. */
export interface WirePart {
  type: string;
  [field: string]: unknown;
}

/** A call in an assistant message. */
export interface WireToolCall {
  id: string;
  type: "function" | "custom";
  function?: { name: string; arguments: string };
  custom?: { name: string; input: string };
}

/** One entry of `messages` (https://platform.openai.com/docs/api-reference/chat/create). */
export interface WireMessage {
  role: "system" | "developer" | "user" | "assistant" | "tool";
  /** Absent only in a message that declares tools. */
  content?: string | WirePart[] | null;
  tool_call_id?: string;
  tool_calls?: WireToolCall[];
  [field: string]: unknown;
}
