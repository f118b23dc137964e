import type { ProtocolName } from "@onerouter/protocols";

/** In whose words an error is told, when no route has said so: by path, then by what only one protocol's clients send. */
export function protocolOfRequest(path: string, headers: Record<string, unknown>): ProtocolName {
  if (/\/messages(\/|$|\?)/.test(path)) return "anthropic-messages";
  if (/\/(chat\/completions|completions|responses|embeddings)(\/|$|\?)/.test(path)) return "openai-chat";
  return headers["anthropic-version"] === undefined ? "openai-chat" : "anthropic-messages";
}
