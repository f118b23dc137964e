import type { ClientProtocol } from "../protocol-contract.ts";
import { readCompletionRequest } from "./decode-request.ts";
import { encodeResponse } from "./encode-response.ts";
import { createStreamEncoder } from "./encode-stream.ts";

/**
 * OpenAI's completions, the protocol before chat (https://platform.openai.com/docs/api-reference/completions), for one
 * request: what `echo: true` repeats is kept here. Only clients speak it; upstreams get a chat with the prompt as the user's
 * message.
 * @param chat whose words errors and the fields common to both are read and told in
 */
export function createCompletions(chat: ClientProtocol): ClientProtocol {
  let echoed = "";
  return {
    name: chat.name,
    decodeRequest(value) {
      const { body, echo } = readCompletionRequest(value);
      echoed = echo;
      return chat.decodeRequest(body);
    },
    encodeResponse: (answer, context) => encodeResponse(answer, context, echoed),
    createStreamEncoder: (context) => createStreamEncoder(context, echoed, (error) => chat.encodeError(error, "").body),
    encodeError: (error, requestId) => chat.encodeError(error, requestId),
  };
}
