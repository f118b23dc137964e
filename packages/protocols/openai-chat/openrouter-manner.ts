import { errorStatus, type ChatError } from "../model/error.ts";
import type { EncodeAnswerContext, Protocol, StreamEncoder } from "../protocol-contract.ts";
import { encodeDataEvent } from "../sse/encode-sse.ts";
import type { WireObject } from "../wire/json-object.ts";
import { encodeError, encodeErrorBody } from "./errors.ts";
import { createStreamEncoder } from "./encode-stream.ts";
import { openaiChat } from "./index.ts";

/**
 * Chat as OpenRouter speaks it at its own address, `/api/v1` (https://openrouter.ai/docs/api-reference/errors): the code of
 * an error is its HTTP status, an error within a stream comes in a chunk, and usage comes unasked. @openrouter/sdk insists
 * on all three, and OpenAI's own clients on the opposite of the first.
 */
export const openrouterChat: Protocol = {
  ...openaiChat,
  decodeRequest(body) {
    const request = openaiChat.decodeRequest(body);
    request.includeUsage = true;
    return request;
  },
  encodeError(error, requestId) {
    return { ...encodeError(error, requestId), body: { error: encodeOpenrouterError(error) } };
  },
  createStreamEncoder: createOpenrouterEncoder,
};

function encodeOpenrouterError(error: ChatError): WireObject {
  return { ...encodeErrorBody(error), code: errorStatus(error) };
}

function createOpenrouterEncoder(context: EncodeAnswerContext): StreamEncoder {
  const encoder = createStreamEncoder(context);
  return {
    encode(event) {
      if (event.type !== "error") return encoder.encode(event);
      return encodeDataEvent(
        JSON.stringify({
          id: `chatcmpl-${context.id}`,
          object: "chat.completion.chunk",
          created: context.created,
          model: context.requestedModel,
          error: encodeOpenrouterError(event.error),
          choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
        }),
      );
    },
    keepAlive: encoder.keepAlive,
  };
}
