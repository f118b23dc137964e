import type { ChatRequest } from "@onerouter/protocols";
import type { Candidate } from "../routing/route-plan.ts";
import { planServerTools } from "../server-tools/plan-server-tools.ts";
import { editContext } from "./edit-context.ts";
import type { Emulation } from "./emulation.ts";
import type { Generation } from "./generation.ts";

/**
 * Rewrites the request for a candidate that cannot do all that was asked: what the gateway can do in its place is taken out
 * of the request, and done. Gives the very same request where there is nothing of the kind.
 * @throws RequestError for what neither the upstream nor the gateway can do
 */
export function adaptRequest(
  generation: Generation,
  candidate: Candidate,
): { request: ChatRequest; emulation: Emulation } {
  const { protocol, setup, receipt, continuation } = generation;
  const { endpoint, profile } = candidate;
  // Anthropic edits by itself.
  const edits = endpoint.protocol === "anthropic-messages" && profile.anthropicBetas;
  const edited = edits
    ? { request: generation.request }
    : editContext(generation.request, generation.promptLength, receipt);
  const upstream = { protocol: endpoint.protocol, profile, clientProtocol: protocol.name };
  const planned = planServerTools(edited.request, upstream, setup.webSearch, receipt);
  const emulation: Emulation = {
    serverTools: planned.serverTools,
    names: planned.names,
    ...(edited.applied === undefined ? {} : { appliedEdits: edited.applied }),
  };
  if (continuation.turns.length === 0) return { request: planned.request, emulation };
  // The model has used its tools; to make it call one now would be to make it search for ever.
  const { toolChoice, ...rest } = planned.request;
  const request: ChatRequest = { ...rest, messages: [...planned.request.messages, ...continuation.turns] };
  if (continuation.isLast) request.toolChoice = { type: "none" };
  else if (toolChoice !== undefined && toolChoice.type !== "none") request.toolChoice = { type: "auto" };
  return { request, emulation };
}
