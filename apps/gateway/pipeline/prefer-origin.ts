import type { ChatRequest, ReasoningPart, Sealer } from "@onerouter/protocols";
import type { Candidate, RoutePlan } from "../routing/route-plan.ts";
import type { Setup } from "./inference-context.ts";
import { isBound, originOf } from "./origin-of.ts";

/**
 * Moves the credential that got the newest thought of the conversation before the others of its endpoint: with another one
 * the thought would be lost. Which endpoint is asked first stays as it was, and a credential that is cooling down stays
 * where it is. Only endpoints with several credentials are looked at, and only one thought is opened.
 */
export function preferOrigin(plan: RoutePlan, request: ChatRequest, setup: Setup, sealer: Sealer): RoutePlan {
  const { candidates } = plan;
  const rivals = candidates.filter((one) => isBound(one) && candidates.some((other) => isRival(one, other)));
  if (rivals.length === 0) return plan;
  const origin = newestOrigin(request, sealer);
  if (origin === undefined) return plan;
  const maker = rivals.find((one) => !one.isCooling && originOf(one, setup.provider(one.endpoint.provider)) === origin);
  if (maker === undefined) return plan;
  const first = candidates.findIndex((one) => one === maker || isRival(one, maker));
  const rest = candidates.filter((one) => one !== maker);
  const preferred = { ...maker, reason: "has the thoughts of this conversation" };
  return { ...plan, candidates: [...rest.slice(0, first), preferred, ...rest.slice(first)] };
}

function isRival(one: Candidate, other: Candidate): boolean {
  return one !== other && one.endpoint === other.endpoint;
}

function newestOrigin({ messages }: ChatRequest, sealer: Sealer): string | undefined {
  const thought = messages
    .findLast(({ content }) => content.some(isSealed))
    ?.content.findLast((part): part is ReasoningPart => isSealed(part));
  if (thought === undefined) return undefined;
  const sealed =
    thought.redacted === undefined ? sealer.open(thought.signature, thought.text) : sealer.open(thought.redacted, "");
  return sealed?.origin;
}

function isSealed(part: { type: string; signature?: string; redacted?: string }): boolean {
  return part.type === "reasoning" && (part.signature !== undefined || part.redacted !== undefined);
}
