import type { Protocol } from "../protocol-contract.ts";
import { decodeRequest, echo } from "./decode-request.ts";
import { decodeResponse } from "./decode-response.ts";
import { createStreamDecoder } from "./decode-stream.ts";
import { encodeRequest } from "./encode-request.ts";
import { encodeResponse } from "./encode-response.ts";
import { createStreamEncoder } from "./encode-stream.ts";
import { decodeError, encodeError } from "./errors.ts";
import { express } from "./express.ts";

/** Google's generateContent and streamGenerateContent (https://ai.google.dev/api/generate-content). */
export const gemini: Protocol = {
  name: "gemini",
  decodeRequest,
  echo,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  createStreamDecoder,
  createStreamEncoder,
  decodeError,
  encodeError,
  express,
};
