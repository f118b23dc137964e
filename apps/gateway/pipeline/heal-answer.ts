import {
  healMarkup,
  splitThoughts,
  type ChatError,
  type DecodeAnswerContext,
  type EmitEvent,
  type KnownTools,
} from "@onerouter/protocols";
import { checkCalls } from "../healing/check-calls.ts";
import { mendings, type Mending } from "../healing/mending.ts";
import type { Candidate } from "../routing/route-plan.ts";
import type { Generation } from "./generation.ts";

/*
 * What happens to an answer's tool calls between the upstream's decoder and the client. See docs/adr/0010-healing.md.
 */

/** Directly behind the decoder: thoughts and calls that stand in the text as markup become what they are. */
export function readMarkup(
  generation: Generation,
  candidate: Candidate,
  tools: KnownTools | undefined,
  { newId }: DecodeAnswerContext,
  emit: EmitEvent,
): EmitEvent {
  const { profile } = candidate;
  const onLeak = (): void => noteMending(generation, candidate, "leaked-call");
  const reads = tools !== undefined && profile.trustedCalls !== true;
  const healed = reads ? healMarkup({ tools, newId, onLeak }, emit) : emit;
  return profile.thinkTags === undefined ? healed : splitThoughts(profile.thinkTags, healed);
}

/** In front of the client: its calls are checked against their schemas, mended, or found to be of no use. */
export function judgeCalls(
  generation: Generation,
  candidate: Candidate,
  tools: KnownTools | undefined,
  onHopeless: (error: ChatError) => void,
  emit: EmitEvent,
): EmitEvent {
  if (tools === undefined) return emit;
  const { knowledge, metrics, schemaCompiler } = generation.context;
  const { provider } = candidate.endpoint;
  const model = generation.model.id;
  return checkCalls(
    {
      tools,
      compiler: schemaCompiler,
      onMending: (mending) => noteMending(generation, candidate, mending),
      onCall(outcome) {
        knowledge.callQuality.add(candidate.pair, outcome);
        metrics.toolCalls.add(1, outcome, provider, model);
      },
      onHopeless(reason) {
        const message = `the model made a tool call that is of no use: ${reason}`;
        onHopeless({ code: "upstream_invalid_response", message });
      },
    },
    emit,
  );
}

/** Nothing is mended silently: it is counted, and stands on the receipt. */
export function noteMending({ receipt, context, model }: Generation, { endpoint }: Candidate, mending: Mending): void {
  receipt.note("repaired", `answer.tool_calls.${mending}`, mendings[mending]);
  context.metrics.mendings.add(1, mending, endpoint.provider, model.id);
}
