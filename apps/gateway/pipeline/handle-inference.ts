import {
  createReceipt,
  refuseField,
  RequestError,
  type ChatRequest,
  type ClientProtocol,
  type EncodeAnswerContext,
  type Receipt,
} from "@onerouter/protocols";
import { findLoneSurrogate } from "@onerouter/protocols/wire/find-lone-surrogate";
import { kindOf, type Model, type ModelKind } from "@onerouter/catalog";
import { planRoute } from "../routing/plan-route.ts";
import type { RoutePlan } from "../routing/route-plan.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import { chooseHeaderDelay } from "./choose-header-delay.ts";
import { answerWithTools } from "./continue-with-tools.ts";
import type { Exchange } from "./downstream.ts";
import { factorKey, samplePrompt } from "./estimate-prompt.ts";
import { createFoldedAnswer } from "./folded-answer.ts";
import { formatReceipt } from "./format-receipt.ts";
import { Generation } from "./generation.ts";
import type { InferenceContext, Setup } from "./inference-context.ts";
import type { OpenAnswer } from "./open-answer.ts";
import { preferOrigin } from "./prefer-origin.ts";
import { applyGatewayFields, splitGatewayFields, type GatewayFields } from "./read-gateway-fields.ts";
import { settle } from "./settle.ts";
import { createStreamedAnswer } from "./streamed-answer.ts";

/**
 * The way a request travels, on one screen, once authenticate.ts has let it in. Each stage throws a RequestError to refuse;
 * after `plan` the open answer owns the client's connection and every end goes through it.
 */
export async function handleInference(
  protocol: ClientProtocol,
  exchange: Exchange,
  context: InferenceContext,
): Promise<void> {
  context.metrics.openAnswers += 1;
  try {
    const { generation, plan } = beginGeneration(protocol, exchange, context);
    try {
      await answerWithTools(generation, plan);
    } catch (error) {
      context.logError("inference failed", error);
      generation.error = { code: "internal", message: "internal error" };
      generation.answer.fail(generation.error);
    } finally {
      generation.answer.dispose();
      settle(generation);
    }
  } catch (error) {
    refuse(protocol, exchange, context, error);
  } finally {
    context.metrics.openAnswers -= 1;
  }
}

/** Everything up to the first attempt. In a function of its own, since whoever waits for the answer would hold the request. */
function beginGeneration(
  protocol: ClientProtocol,
  exchange: Exchange,
  context: InferenceContext,
): { generation: Generation; plan: RoutePlan } {
  const setup = context.setup();
  const { request, fields } = decode(protocol, exchange);
  const model = resolveModel(request.model, setup);
  const plan = preferOrigin(planRoute(model, setup.provider, context.cooldown), request, setup, context.sealer);
  const receipt = createReceipt();
  for (const { action, field, reason } of exchange.losses ?? []) receipt.note(action, field, reason);
  const [first] = plan.candidates;
  const { length } = exchange.body;
  const inputTokens =
    first === undefined ? estimateTokens(length) : context.tokenFactors.fromBytes(factorKey(first), length);
  const answer = openAnswer(protocol, request, model, exchange, context, setup, exchange.id, receipt, inputTokens);
  const decodeAgain = (): ReturnType<typeof decode> => decode(protocol, exchange);
  const start = { id: exchange.id, exchange, context, setup, protocol, request, fields, model, answer, receipt };
  const generation = new Generation({ ...start, decodeAgain, resumes: setup.resumes && !fields.staysBroken });
  samplePrompt(generation, first);
  return { generation, plan };
}

/** What is asked. The body is parsed here and nowhere else. @throws RequestError 400. */
export function decode(
  protocol: ClientProtocol,
  { body, headers, path }: Pick<Exchange, "body" | "headers" | "path">,
): { request: ChatRequest; fields: GatewayFields } {
  const text = body.toString("utf8");
  let wire: unknown;
  try {
    wire = JSON.parse(text);
  } catch {
    throw new RequestError({ code: "invalid_json", message: "the request body is not valid JSON" });
  }
  const split = splitGatewayFields(wire, headers);
  const request = protocol.decodeRequest(split.body, path);
  applyGatewayFields(request, split.fields);
  const broken = findLoneSurrogate(text, wire);
  if (broken !== undefined) refuseField(broken, "holds half of a UTF-16 surrogate pair");
  return { request, fields: split.fields };
}

/** @throws RequestError 404, or 400 for a model that makes something else. */
export function resolveModel(name: string, setup: Setup, kind: ModelKind = "chat"): Model {
  const model = setup.catalogue.resolve(name);
  if (model !== undefined) {
    if (kindOf(model) !== kind) {
      refuseField("model", kind === "chat" ? "makes embeddings: ask at /v1/embeddings" : "does not make embeddings");
    }
    return model;
  }
  const nearest = setup.catalogue.suggest(name);
  throw new RequestError({
    code: "model_not_found",
    message: `model: ${JSON.stringify(name.slice(0, 200))} is not a model here${nearest === undefined ? "" : `; did you mean ${JSON.stringify(nearest)}?`}`,
    param: "model",
  });
}

function openAnswer(
  protocol: ClientProtocol,
  request: ChatRequest,
  model: Model,
  exchange: Exchange,
  context: InferenceContext,
  setup: Setup,
  id: string,
  receipt: Receipt,
  inputTokensEstimate: number,
): OpenAnswer {
  const { downstream } = exchange;
  const encodeContext: EncodeAnswerContext = {
    requestedModel: request.model,
    id,
    created: Math.floor(exchange.receivedAt / 1000),
    includeUsage: request.includeUsage ?? false,
    inputTokensEstimate,
  };
  const echo = protocol.echo?.(request);
  if (echo !== undefined) encodeContext.echo = echo;
  const encodeError = (error: Parameters<ClientProtocol["encodeError"]>[0]) => {
    const encoded = protocol.encodeError(error, exchange.requestId);
    // What failed can be looked up, too.
    return { ...encoded, headers: { ...encoded.headers, "x-onerouter-generation-id": id } };
  };
  const headers = {
    "request-id": exchange.requestId,
    "x-request-id": exchange.requestId,
    "x-onerouter-generation-id": id,
  };
  if (!request.stream) {
    return createFoldedAnswer({
      downstream,
      protocol,
      context: encodeContext,
      encodeError,
      headers: () => withReceipt({ ...headers, "content-type": "application/json" }, receipt),
    });
  }
  return createStreamedAnswer({
    downstream,
    protocol: protocol.name,
    encoder: protocol.createStreamEncoder(encodeContext),
    encodeError,
    headers: () => {
      const ofStream = {
        "content-type": protocol.streamType ?? "text/event-stream; charset=utf-8",
        "cache-control": "no-cache",
        "x-accel-buffering": "no",
      };
      return withReceipt({ ...headers, ...ofStream }, receipt);
    },
    keepAlive: context.keepAlive,
    keepAliveMs: setup.keepAliveMs,
    headerDelayMs: chooseHeaderDelay(model, inputTokensEstimate),
    now: context.now,
  });
}

/** What is known to be lost by the time the headers go out; for a stream that is before it is made. */
function withReceipt(headers: Record<string, string>, { entries }: Receipt): Record<string, string> {
  const text = formatReceipt(entries);
  return text === undefined ? headers : { ...headers, "x-onerouter-receipt": text };
}

/** Answers a request that never got as far as an open answer. */
export function refuse(
  protocol: ClientProtocol,
  exchange: Pick<Exchange, "requestId" | "downstream">,
  context: InferenceContext,
  error: unknown,
): void {
  if (!(error instanceof RequestError)) context.logError("request failed", error);
  const chatError =
    error instanceof RequestError ? error.error : ({ code: "internal", message: "internal error" } as const);
  const encoded = protocol.encodeError(chatError, exchange.requestId);
  context.metrics.requests.add(1, protocol.name, "", String(encoded.status));
  exchange.downstream.send(encoded.status, encoded.headers, JSON.stringify(encoded.body));
}
