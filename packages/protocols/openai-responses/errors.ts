import { errorStatus, type ChatError } from "../model/error.ts";
import type { EncodedError } from "../protocol-contract.ts";

export { decodeUpstreamError as decodeError } from "../upstream-errors/decode-upstream-error.ts";

export function encodeError(error: ChatError, requestId: string): EncodedError {
  const headers = { "content-type": "application/json", "x-request-id": requestId };
  return { status: errorStatus(error), headers, body: { error: { message: error.message } } };
}
