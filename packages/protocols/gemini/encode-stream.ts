import type { EncodeAnswerContext, StreamEncoder } from "../protocol-contract.ts";

export function createStreamEncoder(_context: EncodeAnswerContext): StreamEncoder {
  return { encode: () => "", keepAlive: () => "" };
}
