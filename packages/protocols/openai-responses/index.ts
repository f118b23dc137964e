import type { Protocol } from "../protocol-contract.ts";
import { decodeRequest } from "./decode-request.ts";
import { decodeResponse } from "./decode-response.ts";
import { createStreamDecoder } from "./decode-stream.ts";
import { encodeRequest } from "./encode-request.ts";
import { encodeResponse } from "./encode-response.ts";
import { createStreamEncoder } from "./encode-stream.ts";
import { echo } from "./echo.ts";
import { decodeError, encodeError } from "./errors.ts";
import { express } from "./express.ts";

/** OpenAI Responses (https://platform.openai.com/docs/api-reference/responses), as Codex and the SDKs speak it. */
export const openaiResponses: Protocol = {
  name: "openai-responses",
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
