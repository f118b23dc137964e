import { createKnownTools, type EncodedRequest, type ExpressContext, type KnownTools } from "@onerouter/protocols";
import { protocolFor } from "@onerouter/protocols/protocols";
import type { Candidate } from "../routing/route-plan.ts";
import type { Cloud } from "../upstream/clouds/cloud.ts";
import type { UpstreamCall } from "../upstream/upstream-client.ts";
import { adaptRequest } from "./adapt-request.ts";
import { isProvider } from "./choose-route.ts";
import { takeExpressLane } from "./express-lane.ts";
import type { Generation } from "./generation.ts";
import { formToSee } from "./judge-output.ts";
import { originOf } from "./origin-of.ts";
import { passGatewayFields } from "./fields/pass-gateway-fields.ts";
import { createCall, mergeHeaders, messagesHeaders, writeCall } from "./write-call.ts";

/** A request on the wire's terms, and how its answer is read if not by the protocol's decoder. */
export interface EncodedUpstreamRequest {
  call: UpstreamCall;
  origin: string;
  /** The answer's bytes may be forwarded. */
  express?: ExpressContext;
  tools?: EncodedRequest["tools"];
  /** By which the answer's calls are judged; absent where there are none, or the bytes are forwarded. */
  knownTools?: KnownTools;
  /** Has yet to sign the call. */
  cloud?: Cloud;
}

/** Whose thoughts nobody has: a thought of another origin is left out. */
const nobody = "";

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

  const { request, emulation } = adaptRequest(generation, candidate);
  generation.emulation = emulation;
  const isOwn = request === generation.request && !generation.leavesThoughtsOut;
  const express = isOwn ? takeExpressLane(generation, candidate, origin) : undefined;
  generation.expressLane = express !== undefined;
  if (express !== undefined) {
    return {
      call: createCall(candidate, provider, headers, express.body, operation),
      origin,
      express: express.context,
    };
  }

  const encoded = protocolFor(endpoint.protocol).encodeRequest(request, {
    profile,
    upstreamModel: endpoint.upstreamId,
    origin: generation.leavesThoughtsOut ? nobody : origin,
    sealer: generation.context.sealer,
    receipt: generation.receipt,
    inferCacheMarks: generation.protocol.name !== "anthropic-messages",
    ...(endpoint.maxOutputTokens === undefined ? {} : { maxOutputTokens: endpoint.maxOutputTokens }),
  });
  const output = formToSee(generation.receipt, request.outputFormat);
  if (output !== undefined) generation.emulation = { ...emulation, output };
  const isProviderHere = (name: string): boolean => isProvider(name, generation.setup);
  passGatewayFields(generation.fields, isProviderHere, profile, encoded.body, generation.receipt);
  const call = writeCall(candidate, provider, mergeHeaders(headers, encoded.headers), encoded.body, operation);
  const result: EncodedUpstreamRequest = { call, origin };
  if (encoded.tools !== undefined) result.tools = encoded.tools;
  if (request.tools.length > 0) result.knownTools = createKnownTools(request.tools, encoded.tools);
  if (provider.cloud !== undefined) result.cloud = provider.cloud;
  return result;
}
