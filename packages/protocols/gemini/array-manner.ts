import type { ClientProtocol } from "../protocol-contract.ts";
import { gemini } from "./index.ts";

const { express: _express, ...spoken } = gemini;

/**
 * Gemini's stream without `alt=sse`: the same objects as the elements of one JSON array, which arrives in pieces. The
 * upstream's own events cannot be forwarded.
 */
export const geminiArray: ClientProtocol = {
  ...spoken,
  streamType: "application/json; charset=utf-8",
  createStreamEncoder: (context) => gemini.createStreamEncoder({ ...context, framing: "json-array" }),
};
