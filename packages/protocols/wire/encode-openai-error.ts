import { errorStatus, errorTable, type ChatError } from "../model/error.ts";
import { isContextOverflow } from "../upstream-errors/overflow.ts";
import type { WireObject } from "./json-object.ts";

/** The wait told to a client when nobody knows better, in seconds. */
const defaultRetryAfter = 1;

/**
 * Writes an error as all of OpenAI's protocols do.
 * @example encodeOpenaiError({code: "rate_limited", message: "slow down"}, "req_1").body
 *   // {error: {message: "slow down", type: "rate_limit_error", param: null, code: "rate_limit_exceeded"}}
 */
export function encodeOpenaiError(
  error: ChatError,
  requestId: string,
): { status: number; headers: Record<string, string>; body: WireObject } {
  const status = errorStatus(error);
  // @openrouter/sdk reads a body as an error of its own classes only if it is said to be JSON.
  const headers: Record<string, string> = { "content-type": "application/json", "x-request-id": requestId };
  // Codex gives up at once on a 429 that does not say how long to wait.
  if (status === 429 || error.retryAfterSeconds !== undefined) {
    headers["retry-after"] = String(Math.max(1, Math.ceil(error.retryAfterSeconds ?? defaultRetryAfter)));
  }
  return { status, headers, body: { error: encodeOpenaiErrorBody(error) } };
}

/** The `error` object, the same in an answer of its own and inside a stream. */
export function encodeOpenaiErrorBody(error: ChatError): WireObject {
  const [type, code] = errorTable[error.code].openai;
  return { message: wordOpenaiError(error), type, param: error.param ?? null, code };
}

/** Clients that compact an overlong conversation recognise it by OpenAI's words. */
export function wordOpenaiError(error: ChatError): string {
  if (error.code !== "context_length_exceeded") return error.message;
  if (error.tokens === undefined) {
    return isContextOverflow(error.message)
      ? error.message
      : `This model's maximum context length is exceeded. Please reduce the length of the messages. (${error.message})`;
  }
  return (
    `This model's maximum context length is ${error.tokens.maximum} tokens. However, your messages resulted in ` +
    `${error.tokens.actual} tokens. Please reduce the length of the messages.`
  );
}
