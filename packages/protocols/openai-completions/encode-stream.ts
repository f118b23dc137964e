import type { ChatEvent } from "../model/chat-event.ts";
import type { ChatError } from "../model/error.ts";
import type { EncodeAnswerContext, StreamEncoder } from "../protocol-contract.ts";
import { encodeDataEvent, keepAliveComment } from "../sse/encode-sse.ts";
import type { WireObject } from "../wire/json-object.ts";
import { createLogprobsWriter, encodeFinishReason, encodeUsage } from "./choice.ts";

/** Writes text_completion chunks: text alone; thoughts have no place here. */
export function createStreamEncoder(
  context: EncodeAnswerContext,
  echoed: string,
  encodeErrorBody: (error: ChatError) => WireObject,
): StreamEncoder {
  const head =
    `{"id":${JSON.stringify(`cmpl-${context.id}`)},"object":"text_completion","created":${context.created},` +
    `"model":${JSON.stringify(context.requestedModel)},"choices":[`;
  const logprobs = createLogprobsWriter(echoed.length);
  let isText = false;

  function chunk(text: string, probabilities: WireObject | null = null, finishReason: string | null = null): string {
    const choice = { text, index: 0, logprobs: probabilities, finish_reason: finishReason };
    return encodeDataEvent(`${head}${JSON.stringify(choice)}]}`);
  }

  function finish({ reason, usage }: Extract<ChatEvent, { type: "finish" }>): string {
    const last = chunk("", null, encodeFinishReason(reason));
    const counted =
      context.includeUsage === true ? encodeDataEvent(`${head}],"usage":${JSON.stringify(encodeUsage(usage))}}`) : "";
    return `${last}${counted}data: [DONE]\n\n`;
  }

  return {
    encode(event) {
      switch (event.type) {
        case "start":
          return echoed === "" ? "" : chunk(echoed);
        case "block-start":
          isText = event.block.type === "text" || event.block.type === "refusal";
          return "";
        case "block-delta":
          return isText ? chunk(event.text) : "";
        case "opaque-event": {
          const written = event.protocol === "openai-chat" ? logprobs.write(event.value.logprobs) : undefined;
          return written === undefined ? "" : chunk("", written);
        }
        case "finish":
          return finish(event);
        case "error":
          return encodeDataEvent(JSON.stringify(encodeErrorBody(event.error)));
        case "block-stop":
        case "usage":
          return "";
      }
    },
    keepAlive: () => keepAliveComment,
  };
}
