import {
  sealEvents,
  type ChatError,
  type ChatEvent,
  type DecodeAnswerContext,
  type EncodedRequest,
  type ExpressContext,
  type Protocol,
} from "@onerouter/protocols";
import { protocolFor } from "@onerouter/protocols/protocols";
import type { Candidate } from "../routing/route-plan.ts";
import type { UpstreamCall, UpstreamHandle, UpstreamHeaders, UpstreamSink } from "../upstream/upstream-client.ts";
import { createAnswerReader, type AnswerReader } from "./read-answer.ts";
import { createExpressReader } from "./express-lane.ts";
import type { Generation } from "./generation.ts";

export type AttemptOutcome =
  | { type: "complete" }
  /** The client went away. */
  | { type: "aborted" }
  | { type: "failed"; error: ChatError };

/** Largest error body read, in bytes. */
const maxErrorBytes = 64 * 1024;

/** Sends the request to one candidate and relays its answer into the open answer. Settles exactly once; never rejects. */
export function attempt(
  generation: Generation,
  candidate: Candidate,
  encoded: EncodedUpstreamRequest,
): Promise<AttemptOutcome> {
  const { answer, meter, context } = generation;
  const { downstream } = generation.exchange;
  const protocol = protocolFor(candidate.endpoint.protocol);
  meter.restart();

  return new Promise((resolve) => {
    let handle: UpstreamHandle | undefined;
    let reader: AnswerReader | undefined;
    let refusal: { status: number; headers: UpstreamHeaders; body: Buffer[]; bytes: number } | undefined;
    let settled = false;

    function settle(outcome: AttemptOutcome): void {
      if (settled) return;
      settled = true;
      generation.upstream = undefined;
      resolve(outcome);
    }

    const toClient = sealEvents(encoded.origin, context.sealer, (event) => answer.emit(event));

    function onEvent(event: ChatEvent): void {
      if (settled) return;
      if (event.type === "error") {
        handle?.abort();
        settle({ type: "failed", error: event.error });
        return;
      }
      meter.observe(event);
      toClient(event);
      if (event.type === "finish") {
        settle({ type: "complete" });
      }
    }

    /** The bytes are with the client already; only the meter and the outcome are left. */
    function onExpressEvent(event: ChatEvent, contentLength: number): void {
      if (settled) return;
      meter.observeLength(contentLength);
      if (event.type === "error") {
        handle?.abort();
        settle({ type: "failed", error: event.error });
        return;
      }
      meter.observe(event);
      if (event.type !== "finish") return;
      answer.complete();
      settle({ type: "complete" });
    }

    const sink: UpstreamSink = {
      onHeaders(status, headers) {
        if (status < 200 || status > 299) {
          refusal = { status, headers, body: [], bytes: 0 };
          return;
        }
        const decodeContext: DecodeAnswerContext = {
          profile: candidate.profile,
          newId: (prefix) => prefix + context.newId(),
        };
        if (encoded.tools !== undefined) decodeContext.tools = encoded.tools;
        const longWay = () => createAnswerReader(protocol, decodeContext, onEvent);
        reader =
          encoded.express === undefined
            ? longWay()
            : createExpressReader({
                protocol,
                profile: candidate.profile,
                context: encoded.express,
                streamed: generation.request.stream,
                forward: (piece, content) => {
                  if (!settled && !answer.forward(piece, content)) handle?.pause();
                },
                onEvent: onExpressEvent,
                longWay,
              });
        answer.accept(encoded.express !== undefined);
      },
      onData(chunk) {
        if (refusal !== undefined) {
          refusal.body.push(chunk);
          refusal.bytes += chunk.length;
          if (refusal.bytes < maxErrorBytes) return;
          handle?.abort();
          sink.onEnd();
          return;
        }
        reader?.write(chunk);
        if (!answer.flush()) handle?.pause();
      },
      onEnd() {
        if (refusal !== undefined) {
          const body = Buffer.concat(refusal.body).toString("utf8");
          settle({ type: "failed", error: decodeRefusal(protocol, refusal.status, body, refusal.headers) });
          return;
        }
        reader?.end();
        answer.flush();
        settle({
          type: "failed",
          error: { code: "upstream_invalid_response", message: "the upstream's answer was incomplete" },
        });
      },
      onError(error) {
        settle({ type: "failed", error });
      },
    };

    generation.upstream = {
      abort() {
        handle?.abort();
        settle({ type: "aborted" });
      },
      resume: () => handle?.resume(),
    };
    if (downstream.closed) {
      settle({ type: "aborted" });
      return;
    }
    handle = context.upstream.send(encoded.call, sink);
  });
}

/** A request on the wire's terms, and how its answer is read if not by the protocol's decoder. */
export interface EncodedUpstreamRequest {
  call: UpstreamCall;
  origin: string;
  /** The answer's bytes may be forwarded. */
  express?: ExpressContext;
  tools?: EncodedRequest["tools"];
}

function decodeRefusal(protocol: Protocol, status: number, text: string, headers: UpstreamHeaders): ChatError {
  const flat: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers)) flat[name] = Array.isArray(value) ? value[0] : value;
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Not JSON: the protocol's decoder says something safe about the text.
  }
  return protocol.decodeError(status, body, flat);
}
