import { errorTable, type ChatError } from "../model/error.ts";
import type { WireObject } from "../wire/json-object.ts";
import { wordOpenaiError } from "../wire/encode-openai-error.ts";

export { decodeUpstreamError as decodeError } from "../upstream-errors/decode-upstream-error.ts";
export { encodeOpenaiError as encodeError } from "../wire/encode-openai-error.ts";

/**
 * The `error` of a response that failed. Its codes are fewer than those of an error answer, and Codex 0.169 decides by them:
 * `context_length_exceeded`, `insufficient_quota` and `invalid_prompt` end the session, anything else is tried again, after
 * the wait that the message of a `rate_limit_exceeded` names.
 */
export function encodeFailure(error: ChatError): WireObject {
  const code = failureCode(error);
  const message = wordOpenaiError(error);
  if (code !== "rate_limit_exceeded" || error.retryAfterSeconds === undefined) return { code, message };
  return { code, message: `${message} Please try again in ${Math.max(1, Math.ceil(error.retryAfterSeconds))}s.` };
}

function failureCode(error: ChatError): string {
  const { retryable, openai } = errorTable[error.code];
  const [type, code] = openai;
  if (type === "rate_limit_error") return "rate_limit_exceeded";
  if (type === "insufficient_quota" || code === "context_length_exceeded") return code ?? type;
  return retryable ? "server_error" : "invalid_prompt";
}
