import { errorStatus, errorTable, type ChatError } from "../model/error.ts";
import type { EncodedError } from "../protocol-contract.ts";
import { decodeUpstreamError } from "../upstream-errors/decode-upstream-error.ts";
import { isContextOverflow } from "../upstream-errors/overflow.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/** The wait told to a client when nobody knows better. */
const defaultRetryAfter = 1;

const retryInfo = "type.googleapis.com/google.rpc.RetryInfo";

/**
 * Writes an error as Google does (https://cloud.google.com/apis/design/errors).
 * @example encodeError({code: "rate_limited", message: "slow down"}, "req_1").body
 *   // {error: {code: 429, message: "slow down", status: "RESOURCE_EXHAUSTED", details: [{"@type": ..., retryDelay: "1s"}]}}
 */
export function encodeError(error: ChatError, requestId: string): EncodedError {
  const headers: Record<string, string> = { "content-type": "application/json", "x-request-id": requestId };
  const wait = waitOf(error);
  if (wait !== undefined) headers["retry-after"] = String(wait);
  return { status: errorStatus(error), headers, body: { error: encodeErrorBody(error) } };
}

/** The `error` object, the same in an answer of its own and inside a stream. */
export function encodeErrorBody(error: ChatError): WireObject {
  const body: WireObject = {
    code: errorStatus(error),
    message: wordError(error),
    status: errorTable[error.code].gemini,
  };
  const details: WireObject[] = [];
  if (error.param !== undefined) {
    const violation = { field: error.param, description: error.message };
    details.push({ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [violation] });
  }
  const wait = waitOf(error);
  if (wait !== undefined) details.push({ "@type": retryInfo, retryDelay: `${wait}s` });
  if (details.length > 0) body.details = details;
  return body;
}

/** Whole seconds. */
function waitOf(error: ChatError): number | undefined {
  if (errorStatus(error) !== 429 && error.retryAfterSeconds === undefined) return undefined;
  return Math.max(1, Math.ceil(error.retryAfterSeconds ?? defaultRetryAfter));
}

// Clients that compress an overlong conversation recognise it by Google's words.
function wordError(error: ChatError): string {
  if (error.code !== "context_length_exceeded") return error.message;
  if (error.tokens !== undefined) {
    return `The input token count (${error.tokens.actual}) exceeds the maximum number of tokens allowed (${error.tokens.maximum}).`;
  }
  return isContextOverflow(error.message)
    ? error.message
    : `The input token count exceeds the maximum number of tokens allowed. (${error.message})`;
}

/**
 * Reads Google's errors: an object, or an array of one where a stream was asked for. What Google says of quotas sounds like a
 * matter of money and passes within the minute, and a bad key is an invalid argument.
 */
export function decodeError(status: number, body: unknown, headers: Record<string, string | undefined>): ChatError {
  const error = decodeUpstreamError(status, body, headers);
  const shape: unknown = Array.isArray(body) ? body[0] : body;
  const given = isObject(shape) && isObject(shape.error) ? shape.error : undefined;
  if (given === undefined) return error;
  const said = typeof given.message === "string" ? given.message : "";
  const code = codeOf(given, said, error);
  const message = code === error.code ? error.message : describe(code, status, error);
  const result: ChatError = { ...error, code, message };
  const wait = readRetryDelay(given.details);
  if (wait !== undefined && (code === "upstream_rate_limited" || code === "upstream_overloaded")) {
    result.retryAfterSeconds = wait;
  }
  return result;
}

/** Words of our own where Google's were read as something else, or name projects and accounts. */
function describe(code: ChatError["code"], status: number, error: ChatError): string {
  if (code === "upstream_authentication") {
    return `the upstream refused the gateway's credentials or account (status ${status})`;
  }
  return error.code === "upstream_authentication" ? "the upstream's quota is used up for now" : error.message;
}

function codeOf(given: WireObject, message: string, error: ChatError): ChatError["code"] {
  if (error.code === "context_length_exceeded" || error.code === "content_filtered") return error.code;
  if (/api key not valid|api_key_invalid|api key expired/i.test(message) || hasReason(given.details, /^API_KEY_/)) {
    return "upstream_authentication";
  }
  switch (given.status) {
    case "RESOURCE_EXHAUSTED":
      return "upstream_rate_limited";
    case "UNAVAILABLE":
      return "upstream_overloaded";
    case "DEADLINE_EXCEEDED":
      return "upstream_timeout";
    case "UNAUTHENTICATED":
    case "PERMISSION_DENIED":
      return "upstream_authentication";
    // Billing, or a country that is not served: nothing the client can change.
    case "FAILED_PRECONDITION":
      return "upstream_authentication";
    case "NOT_FOUND":
      return /models?\b/i.test(message) ? "model_not_found" : error.code;
    case "INTERNAL":
    case "UNKNOWN":
    case "ABORTED":
      return "upstream_error";
    case "INVALID_ARGUMENT":
    case "OUT_OF_RANGE":
      return error.code === "upstream_error" ? "invalid_request" : error.code;
    default:
      return error.code;
  }
}

function hasReason(details: unknown, pattern: RegExp): boolean {
  if (!Array.isArray(details)) return false;
  return details.some((detail) => isObject(detail) && typeof detail.reason === "string" && pattern.test(detail.reason));
}

/** Seconds of a `retryDelay` such as "34.074824224s". */
function readRetryDelay(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  for (const detail of details) {
    if (!isObject(detail) || typeof detail.retryDelay !== "string") continue;
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(detail.retryDelay)?.[1];
    if (seconds !== undefined) return Math.ceil(Number(seconds));
  }
  return undefined;
}
