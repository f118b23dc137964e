import type { ClientProtocol, StreamEncoder } from "../protocol-contract.ts";
import { createSseDecoder } from "../sse/decode-sse.ts";
import { gemini } from "./index.ts";

const { express: _express, ...spoken } = gemini;

/**
 * Gemini's stream without `alt=sse`: the same objects as the elements of one JSON array, which arrives in pieces. The
 * upstream's own events cannot be forwarded.
 */
export const geminiArray: ClientProtocol = {
  ...spoken,
  streamType: "application/json; charset=utf-8",
  createStreamEncoder: (context) => toArray(gemini.createStreamEncoder(context)),
};

function toArray(encoder: StreamEncoder): StreamEncoder {
  let begun = false;
  let pending = "";
  const decoder = createSseDecoder((_event, data) => {
    pending += begun ? `,\n${data}` : `[${data}`;
    begun = true;
  });
  return {
    encode(event) {
      decoder.write(encoder.encode(event));
      if (event.type === "finish" || event.type === "error") pending += begun ? "]" : "[]";
      const piece = pending;
      pending = "";
      return piece;
    },
    // White space is legal anywhere between the elements.
    keepAlive: () => "\n",
  };
}
