export { decodeUpstreamError as decodeError } from "../upstream-errors/decode-upstream-error.ts";
export {
  encodeOpenaiError as encodeError,
  encodeOpenaiErrorBody as encodeErrorBody,
} from "../wire/encode-openai-error.ts";
