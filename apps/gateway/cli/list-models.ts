import {
  formatPricePerMillion,
  formatUsd,
  matchesAny,
  type Catalogue,
  type Endpoint,
  type Model,
  type Pricing,
  type Rates,
} from "@onerouter/catalog";
import { buildConfiguredCatalogue } from "../catalogue/build-configured-catalogue.ts";
import { loadCliConfig, type CliContext } from "./cli-context.ts";
import { formatTable, printNotice, printResult } from "./print.ts";

export interface ListModelsFlags {
  /** Also what is known but cannot be asked for, because its provider has no key. */
  known?: boolean;
}

/** `onerouter models`: the models of the configuration with their aliases, endpoints and prices. */
export async function listModelsCommand(
  context: CliContext,
  words: readonly string[],
  { known = false }: ListModelsFlags,
): Promise<void> {
  const config = await loadCliConfig(context, { withoutCredentials: true });
  const catalogue = buildConfiguredCatalogue(config, context.known);
  const all = [...catalogue.models(), ...(known ? catalogue.inactiveModels() : [])];
  const models = all.filter((model) => words.every((word) => isAbout(model, catalogue, word)));
  const listed = models.map((model) => ({
    id: model.id,
    aliases: catalogue.aliasesOf(model.id),
    active: catalogue.resolve(model.id) === model,
    endpoints: model.endpoints.map(toListed),
  }));
  const rows = listed.flatMap(({ id, aliases, active, endpoints }) =>
    endpoints.map((endpoint, index) => [
      // Once for each model: with hundreds of them the eye needs a hold.
      index === 0 ? id : "",
      index === 0 ? aliases.join(", ") || "-" : "",
      active ? endpoint.provider : `(${endpoint.provider})`,
      endpoint.protocol,
      String(endpoint.context_length ?? "-"),
      describePrice(endpoint.pricing),
    ]),
  );
  const heading = ["MODEL", "ALIASES", "PROVIDER", "PROTOCOL", "CONTEXT", "USD PER 1M IN / OUT"];
  printResult(context, listed, formatTable([heading, ...rows]));
  if (!context.json) printNotice(context, summarize(models.length, all.length, words, known));
}

function isAbout({ id, endpoints }: Model, catalogue: Catalogue, word: string): boolean {
  const pattern = word.includes("*") ? word : `*${word}*`;
  const names = [
    id,
    ...catalogue.aliasesOf(id),
    ...endpoints.flatMap((endpoint) => [endpoint.provider, endpoint.name ?? ""]),
  ];
  return names.some((name) => matchesAny(name, [pattern]));
}

function summarize(shown: number, all: number, words: readonly string[], known: boolean): string {
  const count = shown === all ? `${all} models` : `${shown} of ${all} models`;
  if (known) return `${count}. A provider in brackets has no key here.`;
  return all > 20 && words.length === 0 ? `${count}. onerouter models WORD shows those that match.` : `${count}.`;
}

function describePrice(pricing: Record<string, unknown> | null): string {
  const price = `${String(pricing?.prompt ?? "?")} / ${String(pricing?.completion ?? "?")}`;
  return pricing?.tiers === undefined ? price : `${price}, more when long`;
}

function toListed(endpoint: Endpoint) {
  return {
    provider: endpoint.provider,
    protocol: endpoint.protocol,
    vendor: endpoint.vendor,
    upstream_id: endpoint.upstreamId,
    context_length: endpoint.contextLength ?? null,
    max_output_tokens: endpoint.maxOutputTokens ?? null,
    pricing: endpoint.pricing === undefined ? null : toPriceList(endpoint.pricing),
  };
}

/** In the units of the configuration: USD per million tokens, `request` in USD. Strings, because they are exact. */
function toPriceList({ request, tiers, ...rates }: Pricing): Record<string, unknown> {
  return {
    ...toRateList(rates),
    ...(request === undefined ? {} : { request: formatUsd(request) }),
    ...(tiers === undefined ? {} : { tiers: tiers.map((tier) => ({ over: tier.over, ...toRateList(tier.rates) })) }),
  };
}

function toRateList(rates: Rates): Record<string, string> {
  const named = Object.entries(rates).filter(([, price]) => price !== undefined) as Array<[string, bigint]>;
  return Object.fromEntries(
    named.map(([name, price]) => [
      name.replace(/[A-Z]|1h/g, (part) => `_${part.toLowerCase()}`),
      formatPricePerMillion(price),
    ]),
  );
}
