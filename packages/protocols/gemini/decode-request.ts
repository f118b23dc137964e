import type { ChatRequest } from "../model/chat-request.ts";
import type { RequestPath } from "../protocol-contract.ts";
import { readName, readObject } from "../wire/read-field.ts";

/** Reads the body of :generateContent and :streamGenerateContent. */
export function decodeRequest(value: unknown, path?: RequestPath): ChatRequest {
  const body = readObject(value, "body");
  return {
    model: path?.model ?? readName(body.model, "model"),
    system: [],
    messages: [],
    tools: [],
    sampling: {},
    stream: path?.stream ?? false,
    extensions: {},
  };
}

export function echo(request: ChatRequest): Record<string, unknown> {
  return { includeThoughts: request.reasoning !== undefined && request.reasoning.display !== "omitted" };
}
