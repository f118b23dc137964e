/** Who has to change something before the request can work. */
export type ErrorOrigin = "client" | "gateway" | "upstream";

interface ErrorRow {
  status: number;
  retryable: boolean;
  origin: ErrorOrigin;
  /** `error.type` of Anthropic Messages (https://platform.claude.com/docs/en/api/errors). */
  anthropic: string;
  /** `error.type` and `error.code` of the OpenAI APIs. */
  openai: readonly [type: string, code: string | null];
  /** `error.status` of Google APIs (google.rpc.Code). */
  gemini: string;
}

/**
 * The one table of errors. `retryable` says whether another candidate, or the same one later, may succeed.
 * An upstream's trouble with our key is a 502: a client that sees 401 believes its own key is bad.
 */
export const errorTable = {
  invalid_request: row(
    400,
    false,
    "client",
    "invalid_request_error",
    ["invalid_request_error", null],
    "INVALID_ARGUMENT",
  ),
  invalid_json: row(
    400,
    false,
    "client",
    "invalid_request_error",
    ["invalid_request_error", "invalid_json"],
    "INVALID_ARGUMENT",
  ),
  context_length_exceeded: row(
    400,
    false,
    "client",
    "invalid_request_error",
    ["invalid_request_error", "context_length_exceeded"],
    "INVALID_ARGUMENT",
  ),
  unsupported_parameter: row(
    400,
    false,
    "client",
    "invalid_request_error",
    ["invalid_request_error", "unsupported_parameter"],
    "INVALID_ARGUMENT",
  ),
  /** A conversation that the server holds (Anthropic's message threads): clients then send the whole history. */
  thread_unsupported: row(
    400,
    false,
    "client",
    "invalid_request_error",
    ["invalid_request_error", "unsupported_parameter"],
    "INVALID_ARGUMENT",
  ),
  /** A conversation that is only named, by the id of its last response, and is not stored here (OpenAI Responses). */
  previous_response_not_found: row(
    400,
    false,
    "client",
    "invalid_request_error",
    ["invalid_request_error", "previous_response_not_found"],
    "INVALID_ARGUMENT",
  ),
  authentication: row(
    401,
    false,
    "client",
    "authentication_error",
    ["invalid_request_error", "invalid_api_key"],
    "UNAUTHENTICATED",
  ),
  payment_required: row(
    402,
    false,
    "client",
    "billing_error",
    ["insufficient_quota", "insufficient_quota"],
    "FAILED_PRECONDITION",
  ),
  permission_denied: row(
    403,
    false,
    "client",
    "permission_error",
    ["permission_error", "permission_denied"],
    "PERMISSION_DENIED",
  ),
  /** The key is restricted to other models. OpenAI answers a project's restriction so: 403, and `model_not_found` in `code`. */
  model_not_allowed: row(
    403,
    false,
    "client",
    "permission_error",
    ["invalid_request_error", "model_not_found"],
    "PERMISSION_DENIED",
  ),
  model_not_found: row(
    404,
    false,
    "client",
    "not_found_error",
    ["invalid_request_error", "model_not_found"],
    "NOT_FOUND",
  ),
  not_found: row(404, false, "client", "not_found_error", ["invalid_request_error", "not_found"], "NOT_FOUND"),
  method_not_allowed: row(
    405,
    false,
    "client",
    "invalid_request_error",
    ["invalid_request_error", "method_not_allowed"],
    "INVALID_ARGUMENT",
  ),
  request_timeout: row(
    408,
    true,
    "client",
    "invalid_request_error",
    ["invalid_request_error", "request_timeout"],
    "DEADLINE_EXCEEDED",
  ),
  request_too_large: row(
    413,
    false,
    "client",
    "request_too_large",
    ["invalid_request_error", "request_too_large"],
    "INVALID_ARGUMENT",
  ),
  /** A WebSocket was asked for: the same is served over HTTP. */
  upgrade_required: row(
    426,
    false,
    "client",
    "invalid_request_error",
    ["invalid_request_error", "upgrade_required"],
    "FAILED_PRECONDITION",
  ),
  rate_limited: row(
    429,
    true,
    "client",
    "rate_limit_error",
    ["rate_limit_error", "rate_limit_exceeded"],
    "RESOURCE_EXHAUSTED",
  ),
  content_filtered: row(
    400,
    false,
    "upstream",
    "invalid_request_error",
    ["invalid_request_error", "content_policy_violation"],
    "FAILED_PRECONDITION",
  ),
  upstream_rate_limited: row(
    429,
    true,
    "upstream",
    "rate_limit_error",
    ["rate_limit_error", "rate_limit_exceeded"],
    "RESOURCE_EXHAUSTED",
  ),
  upstream_authentication: row(
    502,
    true,
    "upstream",
    "api_error",
    ["server_error", "upstream_authentication"],
    "UNAVAILABLE",
  ),
  upstream_error: row(502, true, "upstream", "api_error", ["server_error", "upstream_error"], "UNAVAILABLE"),
  upstream_invalid_response: row(
    502,
    true,
    "upstream",
    "api_error",
    ["server_error", "upstream_invalid_response"],
    "UNAVAILABLE",
  ),
  upstream_unreachable: row(
    502,
    true,
    "upstream",
    "api_error",
    ["server_error", "upstream_unreachable"],
    "UNAVAILABLE",
  ),
  upstream_overloaded: row(529, true, "upstream", "overloaded_error", ["server_error", "overloaded"], "UNAVAILABLE"),
  upstream_timeout: row(504, true, "upstream", "api_error", ["server_error", "upstream_timeout"], "DEADLINE_EXCEEDED"),
  no_endpoint: row(503, true, "gateway", "overloaded_error", ["server_error", "no_endpoint_available"], "UNAVAILABLE"),
  shutting_down: row(503, true, "gateway", "overloaded_error", ["server_error", "shutting_down"], "UNAVAILABLE"),
  overloaded: row(503, true, "gateway", "overloaded_error", ["server_error", "overloaded"], "UNAVAILABLE"),
  not_supported: row(
    501,
    false,
    "gateway",
    "not_supported",
    ["invalid_request_error", "not_supported"],
    "UNIMPLEMENTED",
  ),
  internal: row(500, true, "gateway", "api_error", ["server_error", "internal_error"], "INTERNAL"),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

function row(
  status: number,
  retryable: boolean,
  origin: ErrorOrigin,
  anthropic: string,
  openai: readonly [string, string | null],
  gemini: string,
): ErrorRow {
  return { status, retryable, origin, anthropic, openai, gemini };
}

/** An error on its way to a client. `message` never holds request content or credentials. */
export interface ChatError {
  code: ErrorCode;
  message: string;
  /** The request field at fault, for example `messages[3].content[0].tool_use_id`. */
  param?: string;
  /** HTTP status if it differs from the table's (an upstream's own 5xx, for example). */
  status?: number;
  /** How long to wait before trying again. */
  retryAfterSeconds?: number;
  /** For `context_length_exceeded`: what was sent and what fits, in tokens. */
  tokens?: { actual: number; maximum: number };
  /** An upstream takes a thought of the conversation for none of its own: without its thoughts the request may work. */
  refusesThoughts?: true;
}

/** The throwable form of a ChatError. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly error: ChatError;
  constructor(error: ChatError) {
    super(error.message);
    this.error = error;
  }
}

/** Throws the 400 that names a field of the client's request. */
export function refuseField(param: string, message: string): never {
  throw new RequestError({ code: "invalid_request", message: `${param}: ${message}`, param });
}

export function errorStatus(error: ChatError): number {
  return error.status ?? errorTable[error.code].status;
}

export function isRetryable(error: ChatError): boolean {
  return errorTable[error.code].retryable;
}
