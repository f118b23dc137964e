import type { EncodeAnswerContext, StreamEncoder } from "../protocol-contract.ts";
import { keepAliveComment } from "../sse/encode-sse.ts";

export function createStreamEncoder(_context: EncodeAnswerContext): StreamEncoder {
  return { encode: () => "", keepAlive: () => keepAliveComment };
}
