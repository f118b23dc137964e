import type { ChatRequest } from "../model/chat-request.ts";
import type { EncodedRequest, EncodeTarget } from "../protocol-contract.ts";

export function encodeRequest(_request: ChatRequest, _target: EncodeTarget): EncodedRequest {
  return { body: {} };
}
