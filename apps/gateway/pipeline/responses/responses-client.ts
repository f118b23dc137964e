import {
  createAnswerAccumulator,
  type ChatAnswer,
  type ChatEvent,
  type ClientProtocol,
  type EncodeAnswerContext,
  type StreamEncoder,
} from "@onerouter/protocols";
import { openaiResponses } from "@onerouter/protocols/openai-responses/index";
import { isObject, type WireObject } from "@onerouter/protocols/wire/json-object";
import { readObject } from "@onerouter/protocols/wire/read-field";
import type { Exchange } from "../downstream.ts";
import type { InferenceContext } from "../inference-context.ts";
import { asksForCompaction, openCompaction, requestSummary, toCompaction } from "./compaction.ts";
import { resolveInput } from "./resolve-input.ts";

/** What is made of a request: an answer, the compacted conversation of `POST /v1/responses/compact`, or only its length. */
export type ResponsesTask = "answer" | "compact" | "count";

/** The protocol for one request, and what it leaves behind. */
export interface ResponsesClient {
  protocol: ClientProtocol;
  /** The exchange is over: what was begun and not completed is forgotten. */
  close(): void;
}

const { express, ...plain } = openaiResponses;

/**
 * OpenAI Responses for one request, with what the protocol asks of a server beyond a conversion: it remembers responses, and
 * it compacts conversations. Both happen on the wire's own terms, so that the protocol itself stays without state.
 */
export function createResponsesClient(
  task: ResponsesTask,
  exchange: Exchange,
  context: InferenceContext,
): ResponsesClient {
  const { responses: store, sealer } = context;
  const owner = exchange.principal.keyId;
  const id = `resp_${exchange.id}`;
  let isStored = false;
  let isCompaction = task === "compact";
  let previousId: string | undefined;
  /** For the answer to /responses/compact, which repeats them. */
  let userMessages: WireObject[] = [];

  const protocol: ClientProtocol = {
    ...plain,
    decodeRequest(value) {
      const body = readObject(value, "body");
      const resolved = resolveInput(body, owner, store);
      isCompaction = task === "compact" || asksForCompaction(resolved.items);
      isStored = task === "answer" && body.store !== false && context.setup().storedResponses.enabled;
      previousId = resolved.previousId;
      if (resolved.losses.length > 0) exchange.losses = resolved.losses;
      const items = resolved.items.map((item) => openCompaction(item, sealer));
      const isChanged = resolved.changed || isCompaction || items.some((item, at) => item !== resolved.items[at]);
      // The client's own text and the upstream's own bytes will do only where nothing was put in and nothing is kept.
      if (isChanged || isStored) delete protocol.express;
      else protocol.express = express;

      let request = body;
      if (isChanged) {
        const { previous_response_id: _previous, ...rest } = body;
        request = { ...rest, input: items };
        if (isCompaction) request = requestSummary(request, items);
        if (task === "compact") {
          request.stream = false;
          userMessages = items.filter(isObject).filter(({ role }) => role === "user");
        }
      }
      const decoded = plain.decodeRequest(request);
      if (isStored) store.begin(owner, id, resolved.added, previousId);
      return decoded;
    },
    echo(request) {
      return { ...plain.echo?.(request), store: isStored, previous_response_id: previousId ?? null };
    },
    encodeResponse(answer, encodeContext) {
      return finish(isCompaction ? compact(answer) : answer, encodeContext);
    },
    createStreamEncoder(encodeContext) {
      return watch(plain.createStreamEncoder(encodeContext), encodeContext);
    },
  };

  function compact(answer: ChatAnswer): ChatAnswer {
    return {
      ...answer,
      parts: [{ type: "opaque", protocol: plain.name, value: toCompaction(answer, exchange.id, sealer) }],
    };
  }

  function finish(answer: ChatAnswer, encodeContext: EncodeAnswerContext): WireObject {
    const body = plain.encodeResponse(answer, encodeContext);
    if (isStored) store.complete(owner, id, body);
    if (task !== "compact") return body;
    const output = Array.isArray(body.output) ? body.output : [];
    const { created_at, usage } = body;
    return { id, object: "response.compaction", created_at, output: [...userMessages, ...output], usage };
  }

  /** A stream is watched only where its whole is needed at the end. */
  function watch(encoder: StreamEncoder, encodeContext: EncodeAnswerContext): StreamEncoder {
    if (!isStored && !isCompaction) return encoder;
    const whole = createAnswerAccumulator();
    return {
      encode(event) {
        whole.add(event);
        if (event.type === "finish" && isStored) {
          finish(isCompaction ? compact(whole.answer()) : whole.answer(), encodeContext);
        }
        return isCompaction ? encodeCompaction(event) : encoder.encode(event);
      },
      keepAlive: () => encoder.keepAlive(),
    };

    /** Nothing is shown before the summary is whole: its item has no deltas. */
    function encodeCompaction(event: ChatEvent): string {
      if (event.type === "block-start" || event.type === "block-delta" || event.type === "block-stop") return "";
      if (event.type !== "finish") return encoder.encode(event);
      const value = toCompaction(whole.answer(), exchange.id, sealer);
      return (
        encoder.encode({ type: "block-start", index: 0, block: { type: "opaque", protocol: plain.name, value } }) +
        encoder.encode({ type: "block-stop", index: 0 }) +
        encoder.encode(event)
      );
    }
  }

  return { protocol, close: () => store.discard(owner, id) };
}
