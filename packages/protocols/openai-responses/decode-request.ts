import type { ChatRequest } from "../model/chat-request.ts";
import { RequestError } from "../model/error.ts";

export function decodeRequest(_value: unknown): ChatRequest {
  throw new RequestError({ code: "not_supported", message: "openai-responses is not spoken yet", param: "body" });
}
