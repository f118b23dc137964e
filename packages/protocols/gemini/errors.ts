import { errorStatus, errorTable, type ChatError } from "../model/error.ts";
import type { EncodedError } from "../protocol-contract.ts";

export { decodeUpstreamError as decodeError } from "../upstream-errors/decode-upstream-error.ts";

export function encodeError(error: ChatError, requestId: string): EncodedError {
  const status = errorStatus(error);
  return {
    status,
    headers: { "content-type": "application/json", "x-request-id": requestId },
    body: { error: { code: status, message: error.message, status: errorTable[error.code].gemini } },
  };
}
