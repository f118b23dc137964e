import { errorStatus, errorTable, type ChatError, type ErrorCode } from "../model/error.ts";
import { isContextOverflow, readOverflowTokens } from "../upstream-errors/overflow.ts";
import { decodeUpstreamError } from "../upstream-errors/decode-upstream-error.ts";
import type { EncodedError } from "../protocol-contract.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/** Claude Code gives up at once on a wait of more than a minute; up to 30 seconds it waits. */
const longestRetryAfter = 30;

/** The status that stands behind an error type inside a stream. */
const statusOfType: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
  api_error: 500,
};

/**
 * Reads an error answer of an upstream that speaks Messages (https://platform.claude.com/docs/en/api/errors); vendors put
 * their own words into it, so the kind is found as for any vendor.
 */
export function decodeError(status: number, body: unknown, headers: Record<string, string | undefined>): ChatError {
  const type = isObject(body) && isObject(body.error) && typeof body.error.type === "string" ? body.error.type : "";
  const effective = status >= 400 ? status : (statusOfType[type] ?? 500);
  const error = decodeUpstreamError(effective, body, headers);
  // Another model name at this provider may exist; to the client its own model does.
  if (effective === 404) return { ...error, code: "upstream_error" };
  // Claude Code lowers max_tokens by itself when it reads this sentence.
  if (/input length and `?max_tokens`? exceed context limit/i.test(error.message)) {
    return { code: "invalid_request", message: error.message };
  }
  if (error.code === "upstream_error" && status >= 500 && status < 600) error.status = status;
  return error;
}

/** Reads an `error` event inside a stream. */
export function decodeStreamError(event: WireObject): ChatError {
  return decodeError(200, event, {});
}

/** Writes an error as Anthropic does. */
export function encodeError(error: ChatError, requestId: string): EncodedError {
  const status = errorStatus(error);
  const headers: Record<string, string> = { "content-type": "application/json", "request-id": requestId };
  if (status === 429 || error.retryAfterSeconds !== undefined) {
    const wait = Math.ceil(error.retryAfterSeconds ?? 1);
    headers["retry-after"] = String(Math.min(longestRetryAfter, Math.max(1, wait)));
  }
  return { status, headers, body: { type: "error", error: encodeErrorBody(error), request_id: requestId } };
}

/** The `error` object, the same in an answer of its own and inside a stream. */
export function encodeErrorBody(error: ChatError): WireObject {
  const body = { type: typeOf(error), message: wordError(error) };
  // By this detail Anthropic's SDK goes on without a thread, its tool runner by itself.
  return error.code === "thread_unsupported"
    ? { ...body, details: { error_code: "thread_unsupported_request" } }
    : body;
}

function typeOf(error: ChatError): string {
  const { code }: { code: ErrorCode } = error;
  return errorTable[code].anthropic;
}

/** Claude Code compacts the conversation when, and only when, it reads these words. */
function wordError(error: ChatError): string {
  if (error.code !== "context_length_exceeded") return error.message;
  const tokens = error.tokens ?? readOverflowTokens(error.message);
  if (tokens !== undefined) return `prompt is too long: ${tokens.actual} tokens > ${tokens.maximum} maximum`;
  return isContextOverflow(error.message) && error.message.toLowerCase().startsWith("prompt is too long")
    ? error.message
    : `prompt is too long: ${error.message}`;
}
