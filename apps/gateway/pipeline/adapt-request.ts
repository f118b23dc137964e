import type { ChatRequest } from "@onerouter/protocols";
import type { Candidate } from "../routing/route-plan.ts";
import { planServerTools } from "../server-tools/plan-server-tools.ts";
import { adaptMedia, listUnread } from "./adapt-media.ts";
import { editContext } from "./edit-context.ts";
import type { Continuation, Emulation } from "./emulation.ts";
import type { Generation } from "./generation.ts";
import type { Setup } from "./inference-context.ts";
import { catalogueOf, type KeyHolder } from "./resolve-model.ts";
import { tellShown } from "./tell-shown.ts";

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
  const seen = adaptMedia(edited.request, {
    senses: profile,
    pdfTexts: generation.pdfTexts,
    othersThatTake: (what) => listModelsThatTake(what, setup, generation.exchange.principal),
    receipt,
  });
  const planned = planServerTools(seen, upstream, setup.webSearch, receipt);
  const emulation: Emulation = {
    serverTools: planned.serverTools,
    names: planned.names,
    ...(edited.applied === undefined ? {} : { appliedEdits: edited.applied }),
  };
  const request = withContinuation(planned.request, continuation);
  if (continuation.shown === undefined) return { request, emulation };
  const { request: told, goesOn } = tellShown(request, continuation.shown, candidate);
  return { request: told, emulation: { ...emulation, goesOn } };
}

/** The conversation as the gateway has gone on with it. */
function withContinuation(planned: ChatRequest, continuation: Continuation): ChatRequest {
  const { turns, correction } = continuation;
  if (turns.length === 0 && correction.length === 0) return planned;
  const { toolChoice, ...rest } = planned;
  const request: ChatRequest = { ...rest, messages: [...planned.messages, ...turns, ...correction] };
  if (continuation.isLast) request.toolChoice = { type: "none" };
  // The model has used its tools; to make it call one now would be to make it search for ever.
  else if (toolChoice !== undefined)
    request.toolChoice = turns.length > 0 && toolChoice.type !== "none" ? { type: "auto" } : toolChoice;
  return request;
}

/**
 * Reads the PDFs that a candidate cannot, before its request is written.
 * @returns undefined if there are none
 */
export function readDocuments(generation: Generation, { profile }: Candidate): Promise<void> | undefined {
  const { pdfTexts, context } = generation;
  const unread = listUnread(generation.request, profile).filter((part) => !pdfTexts.has(part));
  if (unread.length === 0) return undefined;
  const readings = unread.map(async (part) => {
    if (part.source.kind === "base64") pdfTexts.set(part, await context.pdfReader.read(part.source.data));
  });
  return Promise.all(readings).then(() => undefined);
}

/** Models named in a refusal. */
const mostNamed = 5;

function listModelsThatTake(what: "images" | "documents", setup: Setup, holder: KeyHolder): string[] {
  const takes = catalogueOf(holder, setup.catalogue)
    .models()
    .filter(({ endpoints }) =>
      endpoints.some(({ provider, upstreamId }) => setup.provider(provider).profile(upstreamId)[what] === true),
    );
  return takes.slice(0, mostNamed).map(({ id }) => id);
}
