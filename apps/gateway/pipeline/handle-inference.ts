import {
  createReceipt,
  dropVoidThoughts,
  refuseField,
  RequestError,
  type ChatRequest,
  type ClientProtocol,
  type EncodeAnswerContext,
  type Receipt,
} from "@onerouter/protocols";
import { findLoneSurrogate } from "@onerouter/protocols/wire/find-lone-surrogate";
import type { Model } from "@onerouter/catalog";
import { formatPlan } from "../routing/explain-plan.ts";
import type { RoutePlan } from "../routing/route-plan.ts";
import { applySuffixes, chooseRoute } from "./choose-route.ts";
import { chooseHeaderDelay } from "./answer/choose-header-delay.ts";
import { answerWithTools } from "./continue-with-tools.ts";
import { headerValue, type Exchange } from "./downstream.ts";
import { samplePrompt, weighPrompt } from "./estimate-prompt.ts";
import { createFoldedAnswer } from "./answer/folded-answer.ts";
import { formatReceipt } from "./format-receipt.ts";
import { Generation } from "./generation.ts";
import type { InferenceContext, Setup } from "./inference-context.ts";
import { measureNeeds } from "./measure-needs.ts";
import type { OpenAnswer } from "./answer/open-answer.ts";
import { preferOrigin } from "./prefer-origin.ts";
import { applyGatewayFields, splitGatewayFields, type GatewayFields } from "./fields/read-gateway-fields.ts";
import { settle } from "./settle.ts";
import { createStreamedAnswer } from "./answer/streamed-answer.ts";

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
  const decodeAgain = (): ReturnType<typeof decode> => {
    const decoded = decode(protocol, exchange);
    applySuffixes(decoded.request, decoded.fields, setup);
    return decoded;
  };
  const { request, fields } = decodeAgain();
  const needs = measureNeeds(request, fields, exchange);
  const { principal } = exchange;
  const chosen = chooseRoute(request, fields, needs, context, setup, principal);
  const plan = preferOrigin(chosen, request, setup, context.sealer);
  const { model } = plan;
  const receipt = createReceipt();
  for (const { action, field, reason } of exchange.losses ?? []) receipt.note(action, field, reason);
  for (const { field, reason } of plan.unmet ?? []) receipt.note("dropped", field, reason);
  const [first] = plan.candidates;
  const inputTokens = weighPrompt(needs, first, context);
  const headers = answerHeaders(exchange, asksForPlan(fields, exchange) ? plan : undefined);
  const answer = openAnswer(protocol, request, model, exchange, context, setup, headers, receipt, inputTokens);
  const resumes = (principal.resume ?? setup.resumes) && !fields.staysBroken;
  const start = { id: exchange.id, exchange, context, setup, protocol, request, fields, model, answer, receipt, plan };
  const generation = new Generation({ ...start, needs, decodeAgain, resumes });
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
  // The client's own text has them: it may not be forwarded.
  if (dropVoidThoughts(request.messages)) split.fields.isInBody = true;
  const broken = findLoneSurrogate(text, wire);
  if (broken !== undefined) refuseField(broken, "holds half of a UTF-16 surrogate pair");
  return { request, fields: split.fields };
}

function openAnswer(
  protocol: ClientProtocol,
  request: ChatRequest,
  model: Model,
  exchange: Exchange,
  context: InferenceContext,
  setup: Setup,
  headers: Record<string, string>,
  receipt: Receipt,
  inputTokensEstimate: number,
): OpenAnswer {
  const { downstream } = exchange;
  const encodeContext: EncodeAnswerContext = {
    requestedModel: request.model,
    id: exchange.id,
    created: Math.floor(exchange.receivedAt / 1000),
    includeUsage: request.includeUsage ?? false,
    inputTokensEstimate,
  };
  const echo = protocol.echo?.(request);
  if (echo !== undefined) encodeContext.echo = echo;
  const encodeError = (error: Parameters<ClientProtocol["encodeError"]>[0]) => {
    const encoded = protocol.encodeError(error, exchange.requestId);
    // What failed can be looked up, too.
    return { ...encoded, headers: { ...headers, ...encoded.headers } };
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

function answerHeaders({ id, requestId }: Exchange, plan: RoutePlan | undefined): Record<string, string> {
  const headers = { "request-id": requestId, "x-request-id": requestId, "x-onerouter-generation-id": id };
  return plan === undefined ? headers : { ...headers, "x-onerouter-plan": formatPlan(plan) };
}

/** By a header, or among OpenRouter's `debug` wishes. */
function asksForPlan({ wire }: GatewayFields, { headers }: Exchange): boolean {
  return headerValue(headers, "x-onerouter-plan") !== undefined || wire.debug !== undefined;
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
