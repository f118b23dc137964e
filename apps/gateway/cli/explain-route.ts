import { RequestError } from "@onerouter/protocols";
import { createSetup } from "../create-setup.ts";
import { explainRoute, type RouteInquiry } from "../pipeline/explain-route.ts";
import type { ExplainedCandidate, ExplainedPlan } from "../routing/explain-plan.ts";
import { createKnowledge } from "../routing/knowledge.ts";
import { loadCliConfig, type CliContext } from "./cli-context.ts";
import { CliError } from "./cli-error.ts";
import { useLocalKey } from "./local-access.ts";
import { formatTable, printNotice, printResult } from "./print.ts";
import { isServing } from "./reach-server.ts";
import { findServer } from "./server-file.ts";

export interface ExplainRouteFlags {
  promptTokens?: number;
  maxTokens?: number;
  tools?: boolean;
  images?: boolean;
  reasoning?: boolean;
  turns?: number;
  provider?: string;
  fallback?: string[];
}

/** `onerouter route explain MODEL`: where a request would go, and why; with what a running server has learnt, if there is one. */
export async function explainRouteCommand(context: CliContext, model: string, flags: ExplainRouteFlags): Promise<void> {
  const inquiry = toInquiry(model, flags);
  const server = findServer(context.dataDir);
  const isLive = server !== undefined && (await isServing(server.url));
  const plan = isLive ? await askServer(context, server.url, inquiry) : await planHere(context, inquiry);
  if (!isLive) printNotice(context, "No server runs here: health, caches and lengths of answers are not known.");
  printResult(context, { live: isLive, ...plan }, formatPlanTable(plan));
}

function toInquiry(model: string, flags: ExplainRouteFlags): RouteInquiry {
  const fields: Record<string, unknown> = {};
  if (flags.provider !== undefined) {
    try {
      fields.provider = JSON.parse(flags.provider) as unknown;
    } catch {
      throw new CliError("usage", "--provider is the provider object of a request, in JSON");
    }
  }
  if (flags.fallback !== undefined) fields.models = flags.fallback;
  return {
    model,
    fields,
    tools: flags.tools === true,
    images: flags.images === true,
    reasoning: flags.reasoning === true,
    ...(flags.promptTokens === undefined ? {} : { promptTokens: flags.promptTokens }),
    ...(flags.maxTokens === undefined ? {} : { maxOutputTokens: flags.maxTokens }),
    ...(flags.turns === undefined ? {} : { turns: flags.turns }),
  };
}

async function planHere(context: CliContext, inquiry: RouteInquiry): Promise<ExplainedPlan> {
  const config = await loadCliConfig(context, { withoutCredentials: true });
  const setup = createSetup(config, context.known, Date.now);
  const knowledge = createKnowledge((_, bytes) => Math.ceil(bytes / 4));
  try {
    return explainRoute(inquiry, { knowledge, now: Date.now }, setup);
  } catch (error) {
    if (error instanceof RequestError) throw new CliError("no_route", error.message);
    throw error;
  }
}

async function askServer(context: CliContext, url: string, inquiry: RouteInquiry): Promise<ExplainedPlan> {
  const config = await loadCliConfig(context, { withoutCredentials: true });
  const { key } = await useLocalKey(context, config);
  const query = new URLSearchParams({ model: inquiry.model });
  for (const flag of ["tools", "images", "reasoning"] as const) if (inquiry[flag] === true) query.set(flag, "true");
  const numbers = { prompt_tokens: inquiry.promptTokens, max_tokens: inquiry.maxOutputTokens, turns: inquiry.turns };
  for (const [name, number] of Object.entries(numbers)) if (number !== undefined) query.set(name, String(number));
  for (const [name, value] of Object.entries(inquiry.fields ?? {})) query.set(name, JSON.stringify(value));
  const response = await fetch(`${url}/v1/route?${query.toString()}`, {
    headers: { authorization: `Bearer ${key}` },
    redirect: "error",
    signal: AbortSignal.timeout(10_000),
  });
  const answer = (await response.json()) as { data?: ExplainedPlan; error?: { message?: string } };
  if (answer.data !== undefined) return answer.data;
  throw new CliError("no_route", answer.error?.message ?? `the server answered ${response.status}`);
}

function formatPlanTable(plan: ExplainedPlan): string {
  const lines = [
    ...(plan.choice === undefined ? [] : [plan.choice]),
    `${plan.model}: ${plan.prompt_tokens} tokens of prompt, about ${plan.turns_expected} turns to go`,
  ];
  const rows = plan.candidates.map((candidate, at) => [
    String(at + 1),
    candidate.model,
    candidate.provider + (candidate.credential > 0 ? `#${candidate.credential}` : ""),
    candidate.expected_cost === null ? "unpriced" : `$${candidate.expected_cost}`,
    candidate.failure === undefined ? "" : `${(candidate.failure * 100).toFixed(1)} %`,
    reasonOf(candidate),
  ]);
  lines.push(formatTable([["", "MODEL", "PROVIDER", "THIS REQUEST", "FAILS", "WHY HERE"], ...rows]));
  const out = plan.excluded.map(({ model, provider, field, reason }) => [model, provider, field, reason]);
  if (out.length > 0) lines.push("", formatTable([["LEFT OUT", "PROVIDER", "FOR", "BECAUSE IT"], ...out]));
  return lines.join("\n");
}

function reasonOf({ reason, cached_tokens: cached }: ExplainedCandidate): string {
  return cached === undefined ? reason : `${reason}: ${cached} tokens`;
}
