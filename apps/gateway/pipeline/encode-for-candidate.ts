import { createReceipt, type ChatRequest, type EncodedRequest, type ExpressContext } from "@onerouter/protocols";
import { anthropicMessages } from "@onerouter/protocols/anthropic-messages/index";
import { protocolFor } from "@onerouter/protocols/protocols";
import type { Candidate } from "../routing/route-plan.ts";
import type { Cloud } from "../upstream/clouds/cloud.ts";
import type { UpstreamOperation } from "../upstream/endpoint-address.ts";
import type { UpstreamCall } from "../upstream/upstream-client.ts";
import { headerValue, type Exchange } from "./downstream.ts";
import { takeExpressLane } from "./express-lane.ts";
import type { Generation } from "./generation.ts";
import type { InferenceContext, ProviderSetup, Setup } from "./inference-context.ts";
import { originOf } from "./origin-of.ts";
import { passGatewayFields } from "./pass-gateway-fields.ts";

/** A request on the wire's terms, and how its answer is read if not by the protocol's decoder. */
export interface EncodedUpstreamRequest {
  call: UpstreamCall;
  origin: string;
  /** The answer's bytes may be forwarded. */
  express?: ExpressContext;
  tools?: EncodedRequest["tools"];
  /** Has yet to sign the call. */
  cloud?: Cloud;
}

/** Writes the request for one candidate: over the express lane where nothing but names changes, else through the hub. */
export function encodeForCandidate(generation: Generation, candidate: Candidate): EncodedUpstreamRequest {
  const { endpoint, profile } = candidate;
  const provider = generation.setup.provider(endpoint.provider);
  const origin = originOf(candidate, provider);
  const operation = generation.request.stream ? "stream" : "generate";
  const headers =
    endpoint.protocol === "anthropic-messages"
      ? messagesHeaders(generation.exchange, generation.protocol.name === "anthropic-messages")
      : undefined;

  const express = takeExpressLane(generation, candidate, origin);
  generation.expressLane = express !== undefined;
  if (express !== undefined) {
    return { call: createCall(candidate, provider, headers, express.body, operation), origin, express: express.context };
  }

  const encoded = protocolFor(endpoint.protocol).encodeRequest(generation.request, {
    profile,
    upstreamModel: endpoint.upstreamId,
    origin,
    sealer: generation.context.sealer,
    receipt: generation.receipt,
    ...(endpoint.maxOutputTokens === undefined ? {} : { maxOutputTokens: endpoint.maxOutputTokens }),
  });
  passGatewayFields(generation.fields, profile, encoded.body, generation.receipt);
  const call = writeCall(candidate, provider, mergeHeaders(headers, encoded.headers), encoded.body, operation);
  const result: EncodedUpstreamRequest = { call, origin };
  if (encoded.tools !== undefined) result.tools = encoded.tools;
  if (provider.cloud !== undefined) result.cloud = provider.cloud;
  return result;
}

/** The call that asks an upstream speaking Messages how long a prompt is. */
export function encodeCountTokens(
  request: ChatRequest,
  candidate: Candidate,
  setup: Setup,
  context: InferenceContext,
  exchange: Exchange,
): UpstreamCall {
  const { endpoint, profile } = candidate;
  const encoded = anthropicMessages.encodeRequest(request, {
    profile,
    upstreamModel: endpoint.upstreamId,
    origin: originOf(candidate, setup.provider(endpoint.provider)),
    sealer: context.sealer,
    receipt: createReceipt(),
  });
  const { max_tokens: _maxTokens, stream: _stream, metadata: _metadata, ...body } = encoded.body;
  const headers = { ...messagesHeaders(exchange, true), ...encoded.headers };
  return writeCall(candidate, setup.provider(endpoint.provider), headers, body, "count-tokens");
}

/** A call in the form that the provider's cloud gives it, if there is one. */
function writeCall(
  candidate: Candidate,
  provider: ProviderSetup,
  headers: Record<string, string> | undefined,
  body: Record<string, unknown>,
  operation: UpstreamOperation,
): UpstreamCall {
  if (provider.cloud === undefined) return createCall(candidate, provider, headers, JSON.stringify(body), operation);
  const shaped = provider.cloud.shape(operation, candidate.endpoint.upstreamId, { body, headers: headers ?? {} });
  return createCall(candidate, provider, shaped.headers, JSON.stringify(shaped.body), operation);
}

/** @param headers what this request says beside the provider's own headers */
function createCall(
  candidate: Candidate,
  provider: ProviderSetup,
  headers: Record<string, string> | undefined,
  body: string,
  operation: UpstreamOperation,
): UpstreamCall {
  const own = provider.headers(candidate.apiKey);
  return {
    address: provider.address(operation, candidate.endpoint.upstreamId),
    headers: headers === undefined ? own : { ...headers, ...own },
    body,
    timeouts: provider.timeouts,
  };
}

/** Version and betas of a Messages client go on, word for word, to a Messages upstream: betas and fields are pairs. */
function messagesHeaders(exchange: Exchange, fromMessages: boolean): Record<string, string> {
  const { headers } = exchange;
  const result: Record<string, string> = {
    "anthropic-version": (fromMessages ? headerValue(headers, "anthropic-version") : undefined) ?? "2023-06-01",
  };
  const beta = fromMessages ? headerValue(headers, "anthropic-beta") : undefined;
  if (beta !== undefined) result["anthropic-beta"] = beta;
  return result;
}

/** Both say which betas they need. */
function mergeHeaders(
  first: Record<string, string> | undefined,
  second: Record<string, string> | undefined,
): Record<string, string> | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const merged = { ...first, ...second };
  const betas = [first["anthropic-beta"], second["anthropic-beta"]].filter((beta) => beta !== undefined);
  if (betas.length > 1) {
    merged["anthropic-beta"] = [
      ...new Set(
        betas
          .join(",")
          .split(",")
          .map((beta) => beta.trim()),
      ),
    ].join(",");
  }
  return merged;
}
