import { readEvents, toArray, toObject, type Heard, type Json } from "./call.ts";

/** How a test speaks and reads one client protocol. */
export interface ClientDialect {
  name: "anthropic-messages" | "openai-chat";
  path: string;
  /** A request for a short text; `fields` replace or add. */
  body(fields?: Json): Json;
  /** `error` of an error answer, after checking that its envelope is this protocol's. */
  error(heard: Heard): { type: string; message: string; code: unknown; param: unknown };
  /** The text of a whole answer, streamed or not. */
  text(heard: Heard): string;
  /** The model that the answer names. */
  model(heard: Heard): unknown;
  /** A stream of this protocol has been ended properly. */
  isFinished(text: string): boolean;
  /** A piece of text or thought is in the stream. */
  hasContent(text: string): boolean;
}

export const messagesClient: ClientDialect = {
  name: "anthropic-messages",
  path: "/v1/messages",
  body: (fields) => ({ model: "m", max_tokens: 1000, messages: [{ role: "user", content: "say hello" }], ...fields }),
  error({ json, headers }) {
    if (json.type !== "error") throw new Error(`no Messages error: ${JSON.stringify(json)}`);
    if (headers["request-id"] !== json.request_id) throw new Error("header and body name different requests");
    return readError(json);
  },
  text({ text, json }) {
    if (json.type === "message")
      return toArray(json.content)
        .map((block) => toObject(block).text ?? "")
        .join("");
    return readEvents(text)
      .map((event) => toObject(event.delta).text ?? "")
      .join("");
  },
  model: ({ text, json }) =>
    json.model ?? toObject(readEvents(text).find((event) => event.type === "message_start")?.message).model,
  isFinished: (text) => text.includes("event: message_stop\n"),
  hasContent: (text) => text.includes("_delta"),
};

export const chatClient: ClientDialect = {
  name: "openai-chat",
  path: "/v1/chat/completions",
  body: (fields) => ({ model: "m", max_tokens: 1000, messages: [{ role: "user", content: "say hello" }], ...fields }),
  error({ json }) {
    const { error } = json;
    if (json.type !== undefined || !("param" in toObject(error)))
      throw new Error(`no OpenAI error: ${JSON.stringify(json)}`);
    return readError(json);
  },
  text({ text, json }) {
    if (json.object === "chat.completion") return String(toObject(toObject(toArray(json.choices)[0]).message).content);
    return readEvents(text)
      .map((event) => toObject(toObject(toArray(event.choices)[0]).delta).content ?? "")
      .join("");
  },
  model: ({ text, json }) => json.model ?? readEvents(text)[0]?.model,
  isFinished: (text) => /^data: ?\[DONE\]$/m.test(text),
  hasContent: (text) => /"(?:content|reasoning_content)":\s*"[^"]/.test(text),
};

export const clientDialects: readonly ClientDialect[] = [messagesClient, chatClient];

function readError(json: Json): ReturnType<ClientDialect["error"]> {
  const { type, message, code, param } = toObject(json.error);
  if (typeof type !== "string" || typeof message !== "string") throw new Error(`no error: ${JSON.stringify(json)}`);
  return { type, message, code, param };
}
