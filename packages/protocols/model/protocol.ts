/** The wire formats OneRouter speaks, on either side. */
export type ProtocolName = "anthropic-messages" | "openai-chat" | "openai-responses" | "gemini";

export const protocolNames: readonly ProtocolName[] = [
  "anthropic-messages",
  "openai-chat",
  "openai-responses",
  "gemini",
];
