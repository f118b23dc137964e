import { RequestError } from "@onerouter/protocols";
import { anthropicMessages } from "@onerouter/protocols/anthropic-messages/index";
import { promptText } from "../metering/prompt-text.ts";
import { planRoute } from "../routing/plan-route.ts";
import { fetchAnswer } from "../upstream/fetch-answer.ts";
import type { Exchange } from "./downstream.ts";
import { encodeCountTokens } from "./encode-for-candidate.ts";
import { refuse, resolveModel } from "./handle-inference.ts";
import type { InferenceContext } from "./inference-context.ts";
import { splitGatewayFields } from "./read-gateway-fields.ts";

/** An estimate now is worth more than a count later. */
const longestWaitMs = 10_000;

/** Fields a count has no use for and clients leave out. */
const countDefaults = { max_tokens: 1 };

/**
 * `POST /v1/messages/count_tokens` for every model: the upstream's own count where it speaks Messages, else our tokenizer's.
 * `x-onerouter-token-count` says which: `exact` or `estimated`.
 */
export async function countTokens(exchange: Exchange, context: InferenceContext): Promise<void> {
  try {
    const request = anthropicMessages.decodeRequest(
      splitGatewayFields(withDefaults(exchange.body), exchange.headers).body,
    );
    const setup = context.setup();
    const model = resolveModel(request.model, setup);
    const plan = planRoute(model, setup.provider, context.cooldown);
    for (const candidate of plan.candidates) {
      if (candidate.endpoint.protocol !== "anthropic-messages") continue;
      const call = encodeCountTokens(request, candidate, setup, context, exchange);
      const timeouts = { ...call.timeouts, headers: Math.min(call.timeouts.headers, longestWaitMs) };
      const tokens = readCount(await fetchAnswer(context.upstream, { ...call, timeouts }));
      if (tokens !== undefined) return answer(exchange, tokens, "exact");
    }
    const { text, extraTokens } = promptText(request);
    answer(exchange, (await context.tokenizer.count(text)) + extraTokens, "estimated");
  } catch (error) {
    refuse(anthropicMessages, exchange, context, error);
  }
}

function withDefaults(body: Buffer): unknown {
  let wire: unknown;
  try {
    wire = JSON.parse(body.toString("utf8"));
  } catch {
    throw new RequestError({ code: "invalid_json", message: "the request body is not valid JSON" });
  }
  return typeof wire === "object" && wire !== null && !Array.isArray(wire) ? { ...countDefaults, ...wire } : wire;
}

function answer(exchange: Exchange, tokens: number, how: "exact" | "estimated"): void {
  const headers = {
    "content-type": "application/json",
    "request-id": exchange.requestId,
    "x-onerouter-token-count": how,
  };
  exchange.downstream.send(200, headers, JSON.stringify({ input_tokens: tokens }));
}

function readCount(result: { status: number; text: string } | undefined): number | undefined {
  if (result?.status !== 200) return undefined;
  try {
    const body: unknown = JSON.parse(result.text);
    const tokens = typeof body === "object" && body !== null && "input_tokens" in body ? body.input_tokens : undefined;
    return typeof tokens === "number" && Number.isInteger(tokens) && tokens >= 0 ? tokens : undefined;
  } catch {
    return undefined;
  }
}
