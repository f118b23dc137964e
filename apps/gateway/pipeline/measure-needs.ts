import type { ChatRequest, ContentPart } from "@onerouter/protocols";
import { documentTokens, tokensPerImage } from "../metering/media-tokens.ts";
import type { RequestNeeds } from "../routing/request-needs.ts";
import { nameSession } from "./name-session.ts";
import type { Exchange } from "./downstream.ts";
import type { GatewayFields } from "./fields/read-gateway-fields.ts";

interface Media {
  images: number;
  documents: number;
  /** Characters of base64, which are no text of the prompt. */
  length: number;
  tokens: number;
}

/** What a request asks of an endpoint: sizes and kinds. Looks at each part of the conversation once, at none of its text. */
export function measureNeeds(
  request: ChatRequest,
  fields: GatewayFields,
  exchange: Pick<Exchange, "headers" | "body">,
): RequestNeeds {
  const media: Media = { images: 0, documents: 0, length: 0, tokens: 0 };
  let turns = 0;
  for (const { role, content } of request.messages) {
    if (role === "assistant") turns += 1;
    for (const part of content) addMedia(part, media);
  }
  const needs: RequestNeeds = {
    promptBytes: Math.max(0, exchange.body.length - media.length),
    mediaTokens: media.tokens,
    tools: request.tools.length > 0,
    images: media.images > 0,
    documents: media.documents > 0,
    turns,
    session: nameSession(request, fields, exchange.headers),
  };
  if (request.maxOutputTokens !== undefined) needs.maxOutputTokens = request.maxOutputTokens;
  return needs;
}

function addMedia(part: ContentPart, media: Media): void {
  if (part.type === "tool-result") {
    for (const inner of part.content) addMedia(inner, media);
    return;
  }
  if (part.type !== "image" && part.type !== "document") return;
  const length = part.source.kind === "base64" ? part.source.data.length : 0;
  media.length += length;
  if (part.type === "image") {
    media.images += 1;
    media.tokens += tokensPerImage;
    return;
  }
  media.documents += 1;
  // A text is among the bytes of the prompt.
  if (part.source.kind !== "text") media.tokens += documentTokens(length);
}
