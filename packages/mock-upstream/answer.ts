import type { JsonObject } from "./json-object.ts";

/** One server-sent event before it is framed into bytes. `content` marks events that carry generated output. */
export type WireEvent = { event?: string; data: string; content: boolean };

/** A whole JSON answer: the unstreamed result, or a refusal. */
export type JsonAnswer = {
  kind: "json";
  status: number;
  body: JsonObject | JsonObject[];
  headers?: Record<string, string>;
};

/** How the events of a stream are put into bytes: server-sent events unless told otherwise. */
export type Framing = "sse" | "json-array" | "aws-event-stream";

/** A streamed answer, together with the JSON it would have been unstreamed (for the fault that ignores `stream`). */
export type StreamAnswer = { kind: "stream"; events: WireEvent[]; whole: JsonObject; framing?: Framing };

export type Answer = JsonAnswer | StreamAnswer;

/** A refusal in the provider's own words; the server turns it into the protocol's error body. */
export class Refusal extends Error {
  readonly status: number;
  readonly details: { type?: string; code?: string; param?: string };

  constructor(status: number, message: string, details: { type?: string; code?: string; param?: string } = {}) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.details = details;
  }
}

/** A 400 `invalid_request_error`, by far the most common refusal. */
export function invalidRequest(message: string, param?: string, code?: string): Refusal {
  return new Refusal(400, message, { type: "invalid_request_error", param, code });
}
