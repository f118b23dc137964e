import type { ServerResponse } from "node:http";
import { toObject } from "./call.ts";
import {
  chatChunk,
  chatCompletion,
  message,
  messagesEvent,
  sendJson,
  startEventStream,
  type SeenRequest,
} from "./scripted-upstream.ts";

/** The events of a short answer in the protocol of the path, content from the second on. */
export function eventsOf({ path }: Pick<SeenRequest, "path">, text: string): string[] {
  if (!path.endsWith("/messages")) {
    return [
      chatChunk({ role: "assistant", content: "" }),
      ...text.split(/(?<= )/).map((content) => chatChunk({ content })),
      chatChunk({}, "stop", { usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } }),
      "data: [DONE]\n\n",
    ];
  }
  const whole = message(text);
  return [
    messagesEvent("message_start", {
      message: { ...whole, content: [], stop_reason: null, usage: { ...toObject(whole.usage), output_tokens: 0 } },
    }),
    messagesEvent("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    ...text
      .split(/(?<= )/)
      .map((part) => messagesEvent("content_block_delta", { index: 0, delta: { type: "text_delta", text: part } })),
    messagesEvent("content_block_stop", { index: 0 }),
    messagesEvent("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: whole.usage }),
    messagesEvent("message_stop"),
  ];
}

/** Answers as a provider does that is well: in the protocol of the path, streamed if that was asked for. */
export function answerWell(response: ServerResponse, request: SeenRequest, text: string): void {
  if (request.body.stream === true) {
    startEventStream(response);
    response.end(eventsOf(request, text).join(""));
  } else sendJson(response, 200, request.path.endsWith("/messages") ? message(text) : chatCompletion(text));
}
