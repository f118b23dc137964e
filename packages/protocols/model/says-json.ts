import type { Message } from "./chat-request.ts";
import type { TextPart } from "./content.ts";

/**
 * Whether a text has the word JSON. OpenAI and those that follow it refuse JSON mode without: "'messages' must contain the
 * word 'json' in some form, to use 'response_format' of type 'json_object'". Clients of other protocols need not say it.
 */
export function saysJson(texts: readonly TextPart[], messages: readonly Message[]): boolean {
  const said = (part: { type: string; text?: string }): boolean =>
    part.type === "text" && /json/i.test(part.text ?? "");
  return texts.some(said) || messages.some(({ content }) => content.some(said));
}
