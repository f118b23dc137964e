import { priceUsage } from "@onerouter/catalog";
import { errorStatus, noUsage, uncachedInputTokens, type Usage } from "@onerouter/protocols";
import type { GenerationRecord } from "../metering/generation-record.ts";
import { headerValue } from "./downstream.ts";
import type { Generation } from "./generation.ts";

const picodollarsPerUsd = 1e12;

/** Status noted when the client closed the request (nginx' word for it). */
const clientClosedRequest = 499;

/** Writes down what the generation took. Runs once for every authenticated request, however it ended. */
export function settle(generation: Generation): void {
  const { context, meter, candidate, exchange, model } = generation;
  const endpoint = candidate?.endpoint;
  const { usage, usageSource } = accountedUsage(generation);
  const cost = usageSource === "none" ? 0n : priceUsage(usage, endpoint?.pricing);
  const end = context.now();
  const answered = generation.error === undefined && !generation.aborted;
  const status = generation.aborted
    ? clientClosedRequest
    : generation.error === undefined || generation.answer.contentStarted
      ? 200
      : errorStatus(generation.error);
  const record: GenerationRecord = {
    id: generation.id,
    createdAt: exchange.receivedAt,
    keyId: exchange.principal.keyId,
    sessionId: sessionOf(generation),
    clientProtocol: generation.protocol.name,
    upstreamProtocol: endpoint?.protocol ?? null,
    requestedModel: generation.request.model,
    model: model.id,
    provider: endpoint?.provider ?? null,
    upstreamModel: endpoint?.upstreamId ?? null,
    streamed: generation.request.stream,
    expressLane: generation.expressLane,
    status,
    errorCode: generation.error?.code ?? null,
    aborted: generation.aborted,
    finishReason: answered ? meter.finishReason : null,
    usage,
    usageSource,
    costPicodollars: cost,
    ttftMs: meter.firstContentAt === null ? null : meter.firstContentAt - exchange.receivedAt,
    durationMs: end - exchange.receivedAt,
    attempts: generation.attempts,
    receipt: generation.receipt.entries,
  };
  context.journal.record(record);
  count(generation, record);
}

/** The upstream's own report, or, when it never came though content did, an estimate by length. */
function accountedUsage(generation: Generation): Pick<GenerationRecord, "usage" | "usageSource"> {
  const { meter } = generation;
  // The express lane does not see the length of a single short piece: where there was content, there was a token.
  const seen = meter.firstContentAt === null ? 0 : Math.max(1, estimateTokens(meter.contentLength));
  if (meter.usageReported) {
    const usage = meter.usage;
    // A stream that broke has reported its input but not yet all of its output.
    if (meter.finishReason === null && usage.outputTokens < seen) {
      return { usage: { ...usage, outputTokens: seen }, usageSource: "estimated" };
    }
    return { usage, usageSource: "upstream" };
  }
  if (meter.firstContentAt === null) return { usage: noUsage, usageSource: "none" };
  const usage: Usage = {
    ...noUsage,
    inputTokens: estimateTokens(generation.promptLength),
    outputTokens: seen,
  };
  return { usage, usageSource: "estimated" };
}

/** About four characters a token, over English and code. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}

function sessionOf(generation: Generation): string | null {
  const { headers } = generation.exchange;
  return (
    generation.fields.sessionId ??
    headerValue(headers, "x-claude-code-session-id") ??
    headerValue(headers, "x-session-id") ??
    null
  );
}

function count(generation: Generation, record: GenerationRecord): void {
  const { metrics } = generation.context;
  const model = generation.model.id;
  metrics.requests.add(1, record.clientProtocol, model, String(record.status));
  metrics.duration.observe(record.durationMs / 1000, model);
  if (record.ttftMs !== null) metrics.timeToFirstToken.observe(record.ttftMs / 1000, model);
  const { usage } = record;
  metrics.tokens.add(uncachedInputTokens(usage), model, "input");
  metrics.tokens.add(usage.outputTokens, model, "output");
  if (usage.cacheReadTokens > 0) metrics.tokens.add(usage.cacheReadTokens, model, "cache_read");
  const written = usage.cacheWriteTokens + usage.cacheWrite1hTokens;
  if (written > 0) metrics.tokens.add(written, model, "cache_write");
  if (usage.reasoningTokens > 0) metrics.tokens.add(usage.reasoningTokens, model, "reasoning");
  if (record.costPicodollars !== null) metrics.costUsd.add(Number(record.costPicodollars) / picodollarsPerUsd, model);
}
