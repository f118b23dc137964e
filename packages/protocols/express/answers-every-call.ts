import type { ChatRequest } from "../model/chat-request.ts";

/** Whether every call of the conversation has a result: upstreams refuse one that has none, and forwarding cannot add it. */
export function answersEveryCall(request: ChatRequest): boolean {
  let open = 0;
  for (const { content } of request.messages) {
    for (const part of content) {
      if (part.type === "tool-call") open++;
      else if (part.type === "tool-result") open--;
    }
  }
  return open === 0;
}
