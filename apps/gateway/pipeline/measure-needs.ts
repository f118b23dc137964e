import type { ChatRequest, ContentPart } from "@onerouter/protocols";
import type { RequestNeeds } from "../routing/request-needs.ts";
import { nameSession } from "./name-session.ts";
import type { Exchange } from "./downstream.ts";
import type { GatewayFields } from "./fields/read-gateway-fields.ts";

/** What most providers make of a picture, in tokens, and of a page of a document with its picture. */
const tokensPerImage = 1_600;
const bytesPerDocumentToken = 40;

interface Media {
  images: number;
  documents: number;
  /** Characters of base64, which are no text of the prompt. */
  length: number;
  documentLength: number;
}

/** What a request asks of an endpoint: sizes and kinds. Looks at each part of the conversation once, at none of its text. */
export function measureNeeds(
  request: ChatRequest,
  fields: GatewayFields,
  exchange: Pick<Exchange, "headers" | "body">,
): RequestNeeds {
  const media: Media = { images: 0, documents: 0, length: 0, documentLength: 0 };
  let turns = 0;
  for (const { role, content } of request.messages) {
    if (role === "assistant") turns += 1;
    for (const part of content) addMedia(part, media);
  }
  const needs: RequestNeeds = {
    promptBytes: Math.max(0, exchange.body.length - media.length),
    mediaTokens: media.images * tokensPerImage + Math.ceil(media.documentLength / bytesPerDocumentToken),
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
  if (part.type === "image") media.images += 1;
  else {
    media.documents += 1;
    media.documentLength += length;
  }
}
