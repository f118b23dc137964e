import type { FinishReason } from "../model/finish-reason.ts";

/** `finish_reason` in OpenAI's words; `error` is OpenRouter's. */
export function encodeFinishReason(reason: FinishReason, hasRefusal: boolean): string {
  switch (reason) {
    case "stop":
    case "stop-sequence":
    case "pause":
      return "stop";
    case "length":
    case "context-window":
      return "length";
    case "tool-calls":
      return "tool_calls";
    case "refusal":
      // OpenAI ends a refusal like any answer; without the words of one only this tells the client.
      return hasRefusal ? "stop" : "content_filter";
    case "content-filter":
      return "content_filter";
    case "error":
      return "error";
  }
}
