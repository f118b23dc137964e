import type { Protocol, ProtocolName } from "@onerouter/protocols";
import { openrouterChat } from "@onerouter/protocols/openai-chat/openrouter-manner";
import { protocolFor } from "@onerouter/protocols/protocols";

/** Under OpenRouter's own prefix chat is spoken in OpenRouter's manner. */
export function protocolAt(prefix: string, name: ProtocolName): Protocol {
  return name === "openai-chat" && prefix === "/api/v1" ? openrouterChat : protocolFor(name);
}

/** In whose words an error is told, when no route has said so: by path, then by what only one protocol's clients send. */
export function protocolOfRequest(path: string, headers: Record<string, unknown>): Protocol {
  return protocolAt(/^\/+api\/+v1\b/.test(path) ? "/api/v1" : "/v1", nameOfProtocol(path, headers));
}

function nameOfProtocol(path: string, headers: Record<string, unknown>): ProtocolName {
  if (/\/messages(\/|$|\?)/.test(path)) return "anthropic-messages";
  if (/^\/+(?:api\/+)?v1(?:alpha|beta)|\/models\/.+:\w+(\?|$)/.test(path)) return "gemini";
  if (/\/responses(\/|$|\?)/.test(path)) return "openai-responses";
  if (/\/(chat\/completions|completions|embeddings)(\/|$|\?)/.test(path)) return "openai-chat";
  return headers["anthropic-version"] === undefined ? "openai-chat" : "anthropic-messages";
}
