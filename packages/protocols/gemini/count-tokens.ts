import type { ChatRequest } from "../model/chat-request.ts";
import type { EncodeTarget, RequestPath } from "../protocol-contract.ts";
import { tokenCount } from "../model/usage.ts";
import { readObject } from "../wire/read-field.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { withCamelKeys } from "./camel-keys.ts";
import { decodeRequest } from "./decode-request.ts";
import { encodeRequest } from "./encode-request.ts";

/**
 * Reads the body of :countTokens (https://ai.google.dev/api/tokens): the contents alone, or a whole request with the system
 * text and the tools, which count too.
 * @throws RequestError naming the field that is wrong
 */
export function decodeCountTokens(value: unknown, path: RequestPath): ChatRequest {
  const body = withCamelKeys(readObject(value, "body"));
  const whole = body.generateContentRequest;
  return decodeRequest(
    whole === undefined || whole === null ? body : readObject(whole, "generateContentRequest"),
    path,
  );
}

/** Writes the body with which Google counts the tokens of a request. It wants the model a second time. */
export function encodeCountTokens(request: ChatRequest, target: EncodeTarget): WireObject {
  const { body } = encodeRequest(request, target);
  return { generateContentRequest: { model: `models/${target.upstreamModel}`, ...body } };
}

/** The count in Google's answer; undefined if there is none. */
export function readTotalTokens(body: unknown): number | undefined {
  if (!isObject(body)) return undefined;
  const { totalTokens } = withCamelKeys(body);
  return typeof totalTokens === "number" && totalTokens >= 0 ? tokenCount(totalTokens) : undefined;
}

/** Writes the answer to a client's :countTokens. */
export function encodeTotalTokens(totalTokens: number): WireObject {
  return { totalTokens };
}
