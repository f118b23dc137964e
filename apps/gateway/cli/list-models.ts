import {
  buildCatalogue,
  formatPricePerMillion,
  formatUsd,
  type Endpoint,
  type Pricing,
  type Rates,
} from "@onerouter/catalog";
import { loadCliConfig, type CliContext } from "./cli-context.ts";
import { formatTable, printResult } from "./print.ts";

/** `onerouter models`: every model of the configuration with its aliases, endpoints and prices. */
export async function listModelsCommand(context: CliContext): Promise<void> {
  const config = await loadCliConfig(context, { withoutCredentials: true });
  const catalogue = buildCatalogue(config.providers, config.aliases);
  const models = catalogue.models().map((model) => {
    return { id: model.id, aliases: catalogue.aliasesOf(model.id), endpoints: model.endpoints.map(toListed) };
  });
  const rows = models.flatMap(({ id, aliases, endpoints }) =>
    endpoints.map((endpoint) => [
      id,
      aliases.join(", ") || "-",
      endpoint.provider,
      endpoint.protocol,
      String(endpoint.context_length ?? "-"),
      `${String(endpoint.pricing?.prompt ?? "?")} / ${String(endpoint.pricing?.completion ?? "?")}`,
    ]),
  );
  const heading = ["MODEL", "ALIASES", "PROVIDER", "PROTOCOL", "CONTEXT", "USD PER 1M IN / OUT"];
  printResult(context, models, formatTable([heading, ...rows]));
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
