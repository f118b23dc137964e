import type { Protocol } from "../protocol-contract.ts";
import { decodeRequest } from "./decode-request.ts";
import { decodeResponse } from "./decode-response.ts";
import { createStreamDecoder } from "./decode-stream.ts";
import { encodeRequest } from "./encode-request.ts";
import { encodeResponse } from "./encode-response.ts";
import { createStreamEncoder } from "./encode-stream.ts";
import { decodeError, encodeError } from "./errors.ts";
import { express } from "./express.ts";

/** OpenAI Chat Completions, with the extensions of OpenRouter and of the vendors in vendors/. */
export const openaiChat: Protocol = {
  name: "openai-chat",
  decodeRequest,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  createStreamDecoder,
  createStreamEncoder,
  decodeError,
  encodeError,
  express,
};
