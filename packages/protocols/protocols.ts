import { anthropicMessages } from "./anthropic-messages/index.ts";
import { gemini } from "./gemini/index.ts";
import type { ProtocolName } from "./model/protocol.ts";
import { RequestError } from "./model/error.ts";
import { openaiChat } from "./openai-chat/index.ts";
import { openaiResponses } from "./openai-responses/index.ts";
import type { Protocol } from "./protocol-contract.ts";

/** Every protocol there is. The contract suite runs over this list. */
export const protocols: readonly Protocol[] = [anthropicMessages, openaiChat, openaiResponses, gemini];

const byName = new Map<ProtocolName, Protocol>(protocols.map((protocol) => [protocol.name, protocol]));

/** @throws RequestError for a protocol that cannot be spoken yet. */
export function protocolFor(name: ProtocolName): Protocol {
  const protocol = byName.get(name);
  if (protocol === undefined)
    throw new RequestError({ code: "not_supported", message: `protocol ${name} is not supported` });
  return protocol;
}
