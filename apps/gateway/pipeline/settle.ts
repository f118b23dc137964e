import { errorStatus, uncachedInputTokens } from "@onerouter/protocols";
import type { AttemptRecord, GenerationRecord } from "../metering/generation-record.ts";
import { sumSpendings, type Spending } from "../metering/spending.ts";
import { accountAttempt } from "./account-attempt.ts";
import { explainPlan } from "../routing/explain-plan.ts";
import { statedSession } from "./name-session.ts";
import { learnFromUsage } from "./estimate-prompt.ts";
import type { Generation } from "./generation.ts";

const picodollarsPerUsd = 1e12;

/** Candidates, and endpoints left out, that a record tells of. */
const mostPlanned = 12;

/** Status noted when the client closed the request (nginx' word for it). */
const clientClosedRequest = 499;

/** Writes down what the generation took. Runs once for every authenticated request, however it ended. */
export function settle(generation: Generation): void {
  const { context, meter, candidate, exchange, model } = generation;
  const endpoint = candidate?.endpoint;
  const spendings = spendingsOf(generation);
  const { usage, usageSource, cost } = sumSpendings(spendings.filter((one) => one !== undefined));
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
    sessionId: statedSession(generation.fields, exchange.headers) ?? null,
    clientProtocol: generation.protocol.name,
    upstreamProtocol: endpoint?.protocol ?? null,
    requestedModel: generation.request.model,
    model: endpoint?.modelId ?? model.id,
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
    attempts: withSpendings(generation.attempts, spendings),
    receipt: generation.receipt.entries,
    plan: { ...explainPlan(generation.plan, mostPlanned) },
  };
  context.journal.record(record);
  count(generation, record);
  learnFromUsage(generation);
}

/** What each attempt took; the last one also if it did not come to its end. */
function spendingsOf(generation: Generation): Array<Spending | undefined> {
  const { spendings, attempts } = generation;
  const isOpen = attempts.length === 0 || spendings[attempts.length - 1] === undefined;
  return isOpen ? [...spendings.slice(0, Math.max(0, attempts.length - 1)), accountAttempt(generation)] : spendings;
}

/** One attempt's spending is that of the generation; those of several are kept apart. */
function withSpendings(
  attempts: readonly AttemptRecord[],
  spendings: ReadonlyArray<Spending | undefined>,
): AttemptRecord[] {
  const isShared = spendings.filter((one) => one !== undefined && one.usageSource !== "none").length > 1;
  return attempts.map((attempt, at) => {
    const spending = isShared ? spendings[at] : undefined;
    if (spending === undefined) return attempt;
    return { ...attempt, usage: spending.usage, cost: spending.cost === null ? null : String(spending.cost) };
  });
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
