import {
  createAnswerAccumulator,
  type ChatAnswer,
  type ClientProtocol,
  type EncodeAnswerContext,
  type StreamEncoder,
} from "@onerouter/protocols";
import { openaiResponses } from "@onerouter/protocols/openai-responses/index";
import { isObject, type WireObject } from "@onerouter/protocols/wire/json-object";
import { readObject } from "@onerouter/protocols/wire/read-field";
import type { Exchange } from "../downstream.ts";
import type { InferenceContext } from "../inference-context.ts";
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

/** Asks for a summary in an item instead of an answer. */
const trigger: WireObject = { type: "compaction_trigger" };

/**
 * OpenAI Responses for one request, with what the protocol asks of a server beyond a conversion: it remembers responses. That
 * happens on the wire's own terms, so that the protocol itself stays without state.
 */
export function createResponsesClient(
  task: ResponsesTask,
  exchange: Exchange,
  context: InferenceContext,
): ResponsesClient {
  const { responses: store } = context;
  const owner = exchange.principal.keyId;
  const id = `resp_${exchange.id}`;
  let isStored = false;
  let previousId: string | undefined;
  /** For the answer to /responses/compact, which repeats them. */
  let userMessages: WireObject[] = [];

  const protocol: ClientProtocol = {
    ...plain,
    decodeRequest(value) {
      const body = readObject(value, "body");
      const resolved = resolveInput(body, owner, store);
      isStored = task === "answer" && body.store !== false && context.setup().storedResponses.enabled;
      previousId = resolved.previousId;
      if (resolved.losses.length > 0) exchange.losses = resolved.losses;
      // The client's own text and the upstream's own bytes will do only where nothing was put in and nothing is kept. A
      // conversation that the upstream had compacted itself would be of use to nobody else.
      const isAsItCame = !resolved.changed && !isStored && !endsWithTrigger(resolved.items);
      if (isAsItCame) protocol.express = express;
      else delete protocol.express;
      const request = plain.decodeRequest(
        task === "compact" ? wishForSummary(body, resolved.items) : fillIn(body, resolved),
      );
      if (isStored) store.begin(owner, id, resolved.added, previousId);
      return request;
    },
    echo(request) {
      return { ...plain.echo?.(request), store: isStored, previous_response_id: previousId ?? null };
    },
    encodeResponse: finish,
    createStreamEncoder(encodeContext) {
      return watch(plain.createStreamEncoder(encodeContext), encodeContext);
    },
  };

  /** What is kept here need not be kept by the upstream, too. */
  function fillIn(body: WireObject, { changed, items }: { changed: boolean; items: unknown[] }): WireObject {
    if (!changed && !isStored) return body;
    const { previous_response_id: _previous, store: asked, ...rest } = body;
    if (!isStored && asked !== undefined) rest.store = asked;
    return changed ? { ...rest, input: items } : rest;
  }

  function wishForSummary(body: WireObject, items: readonly unknown[]): WireObject {
    const { previous_response_id: _previous, text: _text, stream: _stream, ...rest } = body;
    userMessages = items.filter(isObject).filter(({ role }) => role === "user");
    return { ...rest, input: [...items, trigger] };
  }

  function finish(answer: ChatAnswer, encodeContext: EncodeAnswerContext): WireObject {
    const body = plain.encodeResponse(answer, encodeContext);
    if (isStored) store.complete(owner, id, body);
    if (task !== "compact") return body;
    const output: unknown[] = Array.isArray(body.output) ? body.output : [];
    const { created_at, usage } = body;
    return { id, object: "response.compaction", created_at, output: [...userMessages, ...output], usage };
  }

  /** A stream is watched only where its whole is needed at the end. */
  function watch(encoder: StreamEncoder, encodeContext: EncodeAnswerContext): StreamEncoder {
    if (!isStored) return encoder;
    const whole = createAnswerAccumulator();
    return {
      encode(event) {
        whole.add(event);
        if (event.type === "finish") finish(whole.answer(), encodeContext);
        return encoder.encode(event);
      },
      keepAlive: () => encoder.keepAlive(),
    };
  }

  return { protocol, close: () => store.discard(owner, id) };
}

function endsWithTrigger(items: readonly unknown[]): boolean {
  const last = items.at(-1);
  return isObject(last) && last.type === trigger.type;
}
