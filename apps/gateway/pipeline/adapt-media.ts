import {
  RequestError,
  type ChatRequest,
  type ContentPart,
  type DocumentPart,
  type ImagePart,
  type Message,
  type Receipt,
  type TextPart,
  type ToolResultPart,
  type VendorProfile,
} from "@onerouter/protocols";
import type { PdfText } from "../documents/pdf-text.ts";

/** What a model takes beside text. */
export type Senses = Pick<VendorProfile, "name" | "images" | "imageUrls" | "documents">;

export interface MediaContext {
  senses: Senses;
  pdfTexts: Pick<WeakMap<DocumentPart, PdfText>, "get">;
  /** Names of models that take images, or documents, for the refusal. */
  othersThatTake(what: "images" | "documents"): readonly string[];
  receipt: Receipt;
}

/** The PDFs of a request that have to be read before it can be written for such a model. */
export function listUnread({ messages }: ChatRequest, senses: Senses): DocumentPart[] {
  const unread: DocumentPart[] = [];
  if (senses.documents === true) return unread;
  for (const { content } of messages) {
    for (const part of content) {
      if (isPdf(part)) unread.push(part);
      else if (part.type === "tool-result") for (const inner of part.content) if (isPdf(inner)) unread.push(inner);
    }
  }
  return unread;
}

function isPdf(part: ContentPart): part is DocumentPart & { source: { kind: "base64"; data: string } } {
  return part.type === "document" && part.source.kind === "base64" && part.source.mediaType === "application/pdf";
}

/**
 * Puts images and documents into words for a model that takes none: a PDF becomes its text, an image a note. An image that
 * the question itself is about is refused, but one that a tool returned or that was sent earlier is not: a session that has
 * one in its history would never get an answer again.
 * @throws RequestError 400 naming the part, and models that take it
 */
export function adaptMedia(request: ChatRequest, context: MediaContext): ChatRequest {
  const { senses } = context;
  if (senses.images && senses.imageUrls !== false && senses.documents === true) return request;
  const last = request.messages.length - 1;
  let isChanged = false;
  const messages = request.messages.map((message, at) => {
    const adapted = adaptMessage(message, at === last, context);
    isChanged ||= adapted !== message;
    return adapted;
  });
  return isChanged ? { ...request, messages } : request;
}

function adaptMessage(message: Message, isLast: boolean, context: MediaContext): Message {
  if (!message.content.some((part) => part.type === "tool-result" || isMedia(part))) return message;
  const content = message.content.map((part): ContentPart => {
    if (isMedia(part)) return adaptPart(part, isLast, context);
    return part.type === "tool-result" ? adaptResult(part, context) : part;
  });
  return content.every((part, at) => part === message.content[at]) ? message : { ...message, content };
}

function adaptResult(result: ToolResultPart, context: MediaContext): ToolResultPart {
  if (!result.content.some(isMedia)) return result;
  const content = result.content.map((part) => (isMedia(part) ? adaptPart(part, false, context) : part));
  return content.every((part, at) => part === result.content[at]) ? result : { ...result, content };
}

function isMedia(part: ContentPart): part is ImagePart | DocumentPart {
  return part.type === "image" || part.type === "document";
}

function adaptPart<Part extends ImagePart | DocumentPart>(
  part: Part,
  isAsked: boolean,
  context: MediaContext,
): Part | DocumentPart | TextPart {
  return part.type === "image" ? adaptImage(part, isAsked, context) : adaptDocument(part, isAsked, context);
}

function adaptImage<Part extends ImagePart | DocumentPart>(
  part: Part,
  isAsked: boolean,
  context: MediaContext,
): Part | TextPart {
  const { senses } = context;
  const isUrl = part.source.kind === "url";
  if (senses.images && !(isUrl && senses.imageUrls === false)) return part;
  const why = senses.images ? "takes images as data, not by their address" : "does not see images";
  if (isAsked) refuse("image", why, "images", context);
  context.receipt.note("approximated", "messages.image", `${senses.name} ${why}: a note stands in its place`);
  return withCache({ type: "text", text: `[An image was here. This model ${why}.]` }, part);
}

function adaptDocument<Part extends ImagePart | DocumentPart>(
  part: Part,
  isAsked: boolean,
  context: MediaContext,
): Part | DocumentPart | TextPart {
  const { senses, receipt } = context;
  if (part.type !== "document" || part.source.kind === "text" || senses.documents === true) return part;
  if (part.source.kind === "base64" && part.source.mediaType.startsWith("text/")) {
    const text = Buffer.from(part.source.data, "base64").toString("utf8");
    return withCache(wrap(text, part.title), part);
  }
  const read = context.pdfTexts.get(part);
  if (read?.text !== undefined) {
    receipt.note(
      "approximated",
      "messages.document",
      `${senses.name} takes no documents: the text of the PDF was sent`,
    );
    return withCache(wrap(read.text, part.title), part);
  }
  const why = read?.problem ?? "is not given as data, and the gateway fetches nothing";
  if (isAsked) refuse("document", `takes no documents, and this one ${why}`, "documents", context);
  receipt.note("approximated", "messages.document", `the document ${why}: a note stands in its place`);
  return withCache({ type: "text", text: `[A document was here that ${why}.]` }, part);
}

function wrap(text: string, title: string | undefined): TextPart {
  const attribute = title === undefined ? "" : ` title=${JSON.stringify(title)}`;
  return { type: "text", text: `<document${attribute}>\n${text}\n</document>` };
}

function withCache(text: TextPart, { cache }: ImagePart | DocumentPart): TextPart {
  return cache === undefined ? text : { ...text, cache };
}

function refuse(
  part: string,
  why: string,
  what: "images" | "documents",
  { senses, othersThatTake }: MediaContext,
): never {
  const others = othersThatTake(what);
  const hint = others.length === 0 ? "no model here does" : `models here that do: ${others.join(", ")}`;
  throw new RequestError({
    code: "unsupported_parameter",
    message: `messages: the last message has a part of type ${part}, and ${senses.name} ${why}; ${hint}`,
    param: "messages",
  });
}
