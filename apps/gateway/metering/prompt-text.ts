import type { ChatRequest, ContentPart } from "@onerouter/protocols";
import { documentTokens, tokensPerImage } from "./media-tokens.ts";

/** The text a model would read of a request, and a flat count for what is no text. */
export interface PromptText {
  text: string;
  extraTokens: number;
}

export function promptText(request: ChatRequest): PromptText {
  const pieces: string[] = [];
  let extraTokens = 0;

  function add(part: ContentPart): void {
    switch (part.type) {
      case "text":
      case "reasoning":
      case "refusal":
        pieces.push(part.text);
        break;
      case "tool-call":
        pieces.push(part.name, part.arguments);
        break;
      case "tool-result":
        for (const inner of part.content) add(inner);
        break;
      case "tool-reference":
        pieces.push(part.name);
        break;
      case "image":
        extraTokens += tokensPerImage;
        break;
      case "document":
        if (part.source.kind === "text") pieces.push(part.source.text);
        else extraTokens += documentTokens(part.source.kind === "base64" ? part.source.data.length : 0);
        break;
      case "web-search":
        pieces.push(part.query);
        for (const { title, url, text } of part.results) pieces.push(title, url, text ?? "");
        break;
      case "tool-search":
        pieces.push(part.query, ...part.tools);
        break;
      case "opaque":
        pieces.push(JSON.stringify(part.value));
        break;
    }
  }

  for (const part of request.system) add(part);
  for (const message of request.messages) {
    // Role and separators.
    extraTokens += 4;
    for (const part of message.content) add(part);
  }
  for (const tool of request.tools) {
    if (tool.kind === "function" && tool.deferred === true) continue;
    pieces.push(JSON.stringify(tool.kind === "hosted" ? tool.value : tool));
  }
  return { text: pieces.join("\n"), extraTokens };
}
