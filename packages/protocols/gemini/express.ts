import type { ExpressLane } from "../protocol-contract.ts";

/**
 * The lane is not taken. Nearly every answer of a Gemini that thinks carries a signature, which has to be sealed together
 * with the thoughts around it, and every request of a session carries them back: there is next to nothing that could be
 * forwarded as it is, and Google's chunks are few and large, so that little would be saved.
 */
export const express: ExpressLane = {
  rewriteRequest: () => undefined,
  rewriteResponse() {},
  createScanner: () => ({
    write: () => undefined,
    end: () => Buffer.alloc(0),
    contentStarted: false,
    contentLength: 0,
  }),
};
