import { buildCatalogue, formatPricePerMillion, formatUsd, type Endpoint, type Pricing } from "@onerouter/catalog";
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
      `${endpoint.pricing?.prompt ?? "?"} / ${endpoint.pricing?.completion ?? "?"}`,
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
function toPriceList(pricing: Pricing): Record<string, string> {
  const { request, ...perToken } = pricing;
  const list: Record<string, string> = {};
  for (const [name, price] of Object.entries(perToken)) {
    list[name.replace(/[A-Z]|1h/g, (part) => `_${part.toLowerCase()}`)] = formatPricePerMillion(price);
  }
  if (request !== undefined) list.request = formatUsd(request);
  return list;
}
