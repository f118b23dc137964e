import { RequestError, type ChatRequest } from "@onerouter/protocols";
import type { RoutePlan } from "../../routing/route-plan.ts";
import { chooseRoute } from "../choose-route.ts";
import { countAtUpstream } from "./count-at-upstream.ts";
import type { CountDialect } from "./count-dialects.ts";
import type { Exchange } from "../downstream.ts";
import { estimatePrompt } from "../estimate-prompt.ts";
import { refuse } from "../handle-inference.ts";
import type { InferenceContext, Setup } from "../inference-context.ts";
import { measureNeeds } from "../measure-needs.ts";
import { noFields } from "../fields/read-gateway-fields.ts";

/** How long providers are asked, all together, in milliseconds: an estimate now is worth more than a count later. */
const longestWaitMs = 10_000;

/**
 * Counts the prompt of a request for every model: the upstream's own count where it has one, else our tokenizer's with a
 * factor learnt from what the upstream has reported.
 * `x-onerouter-token-count` says which: `exact` or `estimated`.
 */
export async function countTokens(dialect: CountDialect, exchange: Exchange, context: InferenceContext): Promise<void> {
  try {
    const request = dialect.decode(exchange);
    const setup = context.setup();
    const needs = measureNeeds(request, noFields, exchange);
    const plan = chooseRoute(request, noFields, needs, context, setup, exchange.principal);
    const tokens = await askUpstreams(request, plan, exchange, context, setup);
    if (tokens !== undefined) return answer(dialect, exchange, tokens, "exact");
    if (exchange.downstream.closed) return;
    answer(dialect, exchange, await estimatePrompt(request, plan.candidates[0], context), "estimated");
  } catch (error) {
    refuse(dialect.protocol, exchange, context, error);
  }
}

/** The count of the first candidate that has one. */
async function askUpstreams(
  request: ChatRequest,
  { candidates }: RoutePlan,
  exchange: Exchange,
  context: InferenceContext,
  setup: Setup,
): Promise<number | undefined> {
  const controller = new AbortController();
  const { signal } = controller;
  const timer = setTimeout(() => controller.abort(), longestWaitMs);
  exchange.downstream.onClose(() => controller.abort());
  try {
    for (const candidate of candidates) {
      const tokens = await countAtUpstream(request, candidate, exchange, context, setup, signal).catch(unlessRefused);
      if (tokens !== undefined || signal.aborted) return tokens;
    }
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** What one endpoint cannot express, or whose credential is not to be had, another may count, or we estimate. */
function unlessRefused(error: unknown): undefined {
  if (!(error instanceof RequestError)) throw error;
}

function answer(dialect: CountDialect, exchange: Exchange, tokens: number, how: "exact" | "estimated"): void {
  const headers = {
    "content-type": "application/json",
    "request-id": exchange.requestId,
    "x-onerouter-token-count": how,
  };
  exchange.downstream.send(200, headers, JSON.stringify(dialect.encode(tokens)));
}
