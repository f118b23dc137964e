import { errorTable, type ChatError, type ErrorCode } from "../model/error.ts";
import { isContextOverflow, isThrottling, readOverflowTokens } from "./overflow.ts";
import { readRetryAfter } from "./retry-after.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

const maxMessageLength = 500;

/** What an error body says, whatever its shape. */
interface UpstreamError {
  message: string;
  /** Everything that may tell the kind: type, code and the message. */
  hints: string;
  code: string;
  param?: string;
}

/**
 * Reads an upstream's error answer. The kind is taken from the words before the status, because vendors answer 400 to
 * missing credit and 429 to a locked account.
 * @param status the HTTP status, or that of an error inside a stream (200 if it says none)
 */
export function decodeUpstreamError(
  status: number,
  body: unknown,
  headers: Record<string, string | undefined>,
): ChatError {
  const upstream = readUpstreamError(body);
  const code = classify(status, upstream);
  const error: ChatError = { code, message: describe(code, status, upstream.message) };
  if (errorTable[code].origin === "client" && upstream.param !== undefined) error.param = upstream.param;
  if (code === "context_length_exceeded") {
    const tokens = readOverflowTokens(upstream.message);
    if (tokens !== undefined) error.tokens = tokens;
  }
  if (code === "upstream_rate_limited" || code === "upstream_overloaded") {
    const wait = readRetryAfter(headers, upstream.message);
    if (wait !== undefined) error.retryAfterSeconds = wait;
  }
  if (code === "invalid_request" && foreignThought.test(upstream.hints)) error.refusesThoughts = true;
  return error;
}

function readUpstreamError(body: unknown): UpstreamError {
  const shape = Array.isArray(body) ? body[0] : body;
  if (typeof shape === "string") return { message: cleanText(shape), hints: shape.slice(0, 4000), code: "" };
  if (!isObject(shape)) return { message: "", hints: "", code: "" };
  if (isObject(shape.base_resp)) return readBaseResponse(shape.base_resp);
  const error = isObject(shape.error) ? shape.error : shape;
  const message = readMessage(error) ?? (typeof shape.error === "string" ? shape.error : "");
  const raw = isObject(error.metadata) && typeof error.metadata.raw === "string" ? error.metadata.raw : "";
  const code = typeof error.code === "string" || typeof error.code === "number" ? String(error.code) : "";
  const type = typeof error.type === "string" ? error.type : "";
  // OpenRouter says "Provider returned error" and hides the provider's own words in the metadata.
  const words = raw === "" ? message : `${message} ${raw}`;
  return {
    message: cleanText(words),
    hints: `${type} ${code} ${words}`.slice(0, 4000),
    code,
    param: typeof error.param === "string" && error.param !== "" ? error.param : undefined,
  };
}

/** MiniMax's own errors, under a status of 200 (https://platform.minimax.io/docs/api-reference/errorcode). */
function readBaseResponse(response: WireObject): UpstreamError {
  const message = cleanText(typeof response.status_msg === "string" ? response.status_msg : "");
  return { message, hints: message, code: `minimax-${String(response.status_code)}` };
}

function readMessage(error: WireObject): string | undefined {
  for (const field of ["message", "msg", "detail", "error_msg", "error"]) {
    const value = error[field];
    if (typeof value === "string") return value;
    // FastAPI tells what is wrong as a list.
    const first: unknown = Array.isArray(value) ? value[0] : undefined;
    if (isObject(first) && typeof first.msg === "string") return first.msg;
  }
  return undefined;
}

const outOfCredit =
  /insufficient[_ ](?:quota|balance|credits?|funds?)\b|exceeded[_ ](?:your )?current[_ ]quota|plan and billing|billing_(?:hard_limit|not_active)|payment required|account.{0,60}is not active|in arrears|arrearage|please recharge|credit balance is too low/i;
const badKey =
  /invalid[_ ](?:api[_ ]key|authentication)|incorrect api key|authentication[_ ](?:fails|error)|\bunauthorized\b|token expired/i;
const filtered =
  /content[_ ](?:policy_violation|filter)|content exists risk|considered high risk|data_inspection_failed|unsafe or sensitive|flagged (?:by|as)|safety[_ ](?:system|violation)/i;
const overloadedWords =
  /overloaded|over capacity|no available (?:capacity|worker)|insufficient_system_resource|server is busy/i;
const rateLimitWords = /rate[_ ]limit|too many requests|rate_limit_reached|concurrency/i;
/** Of Anthropic (anthropics/anthropic-sdk-python#1598), OpenAI (`invalid_encrypted_content`) and Google. */
const foreignThought =
  /invalid `?(?:signature|data)`? in `?(?:redacted_)?thinking`? block|blocks in the latest assistant message cannot be modified|invalid_encrypted_content|encrypted content .{0,80}could not be (?:verified|decrypted)|thought signature is not valid|corrupted thought signature/i;
const unknownModel =
  /model[_ ]not[_ ](?:found|exist)|unknown model|does not exist or you do not have access|not found the model|no endpoints found|is not a valid model|model "[^"]{1,200}" not found/i;

/** Z.ai's own codes (https://docs.z.ai/api-reference/api-code). */
const zaiCodes: Readonly<Record<string, ErrorCode>> = {
  1113: "upstream_authentication",
  1211: "model_not_found",
  1261: "context_length_exceeded",
  1301: "content_filtered",
  1302: "upstream_rate_limited",
  1303: "upstream_rate_limited",
  1304: "upstream_rate_limited",
  1305: "upstream_rate_limited",
  1308: "upstream_rate_limited",
  1309: "upstream_authentication",
  1310: "upstream_rate_limited",
  1312: "upstream_overloaded",
};

/** MiniMax's codes of `base_resp` (https://platform.minimax.io/docs/api-reference/errorcode). */
const minimaxCodes: Readonly<Record<string, ErrorCode>> = {
  "minimax-1001": "upstream_timeout",
  "minimax-1002": "upstream_rate_limited",
  "minimax-1004": "upstream_authentication",
  "minimax-1008": "upstream_authentication",
  "minimax-1026": "content_filtered",
  "minimax-1027": "content_filtered",
  "minimax-1039": "context_length_exceeded",
  "minimax-1041": "upstream_rate_limited",
  "minimax-1042": "invalid_request",
  "minimax-2013": "invalid_request",
  "minimax-2045": "upstream_rate_limited",
  "minimax-2049": "upstream_authentication",
  "minimax-2056": "upstream_rate_limited",
};

function classify(status: number, { hints, code }: UpstreamError): ErrorCode {
  const minimax = minimaxCodes[code];
  if (minimax !== undefined) return minimax;
  const own = /^1\d{3}$/.test(code)
    ? (zaiCodes[code] ?? (/^1[01]\d\d$/.test(code) ? "upstream_authentication" : undefined))
    : undefined;
  if (own !== undefined) return own;
  const inStream = status < 400;
  const effective = inStream ? statusOfCode(code) : status;
  if (effective < 500 || inStream) {
    if (isContextOverflow(hints)) return "context_length_exceeded";
    if (filtered.test(hints) && effective !== 429) return "content_filtered";
  }
  // Our account's trouble at the vendor is nothing that the client could mend or wait for.
  if (effective === 402 || effective === 401 || outOfCredit.test(hints)) return "upstream_authentication";
  if (effective === 429) return overloadedWords.test(hints) ? "upstream_overloaded" : "upstream_rate_limited";
  if (effective === 403 || (effective < 500 && badKey.test(hints))) return "upstream_authentication";
  if (effective < 500 && unknownModel.test(hints)) return "model_not_found";
  if (overloadedWords.test(hints)) return "upstream_overloaded";
  // Groq's 413 for a request larger than its tokens per minute: too large there, not elsewhere.
  if (effective === 413 && isThrottling(hints)) return "upstream_rate_limited";
  if (inStream && rateLimitWords.test(hints)) return "upstream_rate_limited";
  return codeOfStatus(effective);
}

function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 400:
    case 409:
    case 422:
      return "invalid_request";
    // No word about a model: our address of the upstream is wrong, which another candidate's need not be.
    case 404:
    case 405:
      return "upstream_error";
    case 408:
    case 504:
    case 524:
      return "upstream_timeout";
    case 413:
      return "request_too_large";
    case 503:
    case 529:
      return "upstream_overloaded";
    default:
      return status >= 400 && status < 500 ? "invalid_request" : "upstream_error";
  }
}

// Inside a stream the status is 200, and some vendors put the real one into the code.
function statusOfCode(code: string): number {
  const status = Number(code);
  if (status >= 400 && status < 600) return status;
  if (/rate_limit/.test(code)) return 429;
  return code.startsWith("invalid") ? 400 : 500;
}

/** Says what happened without the vendor's account names, which stand in its words about keys and credit. */
function describe(code: ErrorCode, status: number, message: string): string {
  if (code === "upstream_authentication") {
    return `the upstream refused the gateway's credentials or account (status ${status})`;
  }
  if (message === "")
    return status < 400 ? "the upstream reported an error" : `the upstream answered with status ${status}`;
  return message;
}

/** Makes a short line of text of whatever came: HTML pages become their title, keys become stars. */
function cleanText(text: string): string {
  const short = text.slice(0, 20_000);
  const plain = /^\s*<(?:!doctype|html|head|body|\?xml)/i.test(short) ? titleOf(short) : short;
  const safe = plain
    .replaceAll(/\b(?:sk|ak|org|proj|key)-[\w*.-]{6,}|\bBearer\s+\S+/gi, "***")
    .replaceAll(/\s+/g, " ")
    .trim()
    .toWellFormed();
  return safe.length > maxMessageLength ? `${safe.slice(0, maxMessageLength).toWellFormed()}…` : safe;
}

function titleOf(html: string): string {
  const title = /<title>([^<]*)<\/title>/i.exec(html)?.[1] ?? /<h1>([^<]*)<\/h1>/i.exec(html)?.[1];
  return title === undefined
    ? "the upstream answered with a web page"
    : `the upstream answered with a web page: ${title}`;
}
