/** One event with a name, as Anthropic Messages and OpenAI Responses send it. `json` must hold no raw line break. */
export function encodeNamedEvent(event: string, json: string): string {
  return `event: ${event}\ndata: ${json}\n\n`;
}

/** One event without a name, as OpenAI chat and Gemini send it. */
export function encodeDataEvent(json: string): string {
  return `data: ${json}\n\n`;
}

/** A comment: every parser skips it, every idle timer is reset by it. */
export const keepAliveComment = ": keep-alive\n\n";
