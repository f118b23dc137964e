import { nearestName, parsePricePerMillion, parseUsd, PriceError } from "@onerouter/catalog";
import { vendorProfiles } from "@onerouter/protocols/vendors/index";
import type { KnownModels } from "../catalogue/known-models.ts";
import { missingAccess } from "../server-tools/search/create-search-provider.ts";
import type { ReportProblem } from "./check-shape.ts";
import type { ConfigFile, PricingConfig } from "./config.ts";

/** Reports what the schema cannot see: names that lead nowhere, addresses and prices that cannot be used. */
export function checkMeaning(config: ConfigFile, known: KnownModels, report: ReportProblem): void {
  const vendorNames = Object.keys(vendorProfiles);
  checkDatabase(config.database.url, (message) => report(["database", "url"], message));
  for (const [name, provider] of Object.entries(config.providers)) {
    const at = ["providers", name];
    if (name === "") report(at, "a provider needs a name");
    if (provider.base_url !== undefined) {
      checkBaseUrl(provider.base_url, (message) => report([...at, "base_url"], message));
    }
    if (provider.vendor !== undefined && !vendorNames.includes(provider.vendor)) {
      const meant = nearestName(provider.vendor, vendorNames);
      const hint = meant === undefined ? `known are ${vendorNames.join(", ")}` : `did you mean ${meant}?`;
      report([...at, "vendor"], `is not a known vendor profile; ${hint}`);
    }
    for (const header of Object.keys(provider.headers ?? {})) {
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(header)) report([...at, "headers", header], "is not a valid header name");
    }
    for (const [id, model] of Object.entries(provider.models ?? {})) {
      if (!/^\S+$/.test(id)) report([...at, "models", id], "a model id has no spaces and is not empty");
      checkPricing(model.pricing, (field, message) => report([...at, "models", id, "pricing", ...field], message));
    }
  }
  checkKinds(config, report);
  checkAliases(config, known, report);
  checkWebSearch(config, report);
  const { refresh_url: refreshUrl } = config.catalogue;
  if (refreshUrl !== undefined) checkBaseUrl(refreshUrl, (message) => report(["catalogue", "refresh_url"], message));
}

function checkWebSearch({ web_search: search }: ConfigFile, report: ReportProblem): void {
  if (search === undefined) return;
  const missing = missingAccess(search);
  if (missing !== undefined) report(["web_search", missing], `is needed for ${search.provider}`);
  if (search.base_url !== undefined)
    checkBaseUrl(search.base_url, (message) => report(["web_search", "base_url"], message));
}

/** Endpoints of one model stand in for each other. */
function checkKinds({ providers }: ConfigFile, report: ReportProblem): void {
  const kinds = new Map<string, string>();
  for (const [name, { models, protocol, auth }] of Object.entries(providers)) {
    for (const [id, { kind = "chat" }] of Object.entries(models ?? {})) {
      if (kind === "embedding" && (protocol === "anthropic-messages" || auth !== undefined)) {
        report(["providers", name, "models", id, "kind"], "this provider has no embeddings that could be asked for");
      }
      const first = kinds.get(id) ?? kind;
      if (first !== kind) report(["providers", name, "models", id, "kind"], `is ${first} at another provider`);
      kinds.set(id, first);
    }
  }
}

function checkDatabase(url: string, report: (message: string) => void): void {
  if (/^postgres(ql)?:/.test(url)) report("PostgreSQL is not supported yet; use sqlite:PATH");
  else if (!/^sqlite:./.test(url)) report("must be sqlite:PATH");
}

function checkBaseUrl(text: string, report: (message: string) => void): void {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return report("must be an http:// or https:// address");
  if (url.username !== "" || url.password !== "") report("must not hold credentials; put them under api_keys");
  if (url.search !== "" || url.hash !== "") report("must end with its path: no ? or # part");
}

function checkPricing(
  { tiers = [], ...prices }: PricingConfig = {},
  report: (field: ReadonlyArray<string | number>, message: string) => void,
): void {
  checkPrices(prices, (field, message) => report([field], message));
  for (const [index, { over: _tokens, ...rates }] of tiers.entries()) {
    checkPrices(rates, (field, message) => report(["tiers", index, field], message));
  }
}

function checkPrices(prices: Readonly<Record<string, number>>, report: (field: string, message: string) => void): void {
  for (const [field, price] of Object.entries(prices)) {
    try {
      if (field === "request") parseUsd(price);
      else parsePricePerMillion(price);
    } catch (error) {
      if (!(error instanceof PriceError)) throw error;
      report(field, error.message);
    }
  }
}

function checkAliases({ aliases, providers }: ConfigFile, known: KnownModels, report: ReportProblem): void {
  if (Object.keys(aliases).length === 0) return;
  const ids = new Set(Object.values(providers).flatMap((provider) => Object.keys(provider.models ?? {})));
  for (const { catalogue } of Object.values(providers)) {
    if (catalogue === undefined) continue;
    for (const { model } of Object.values(known.current().providers[catalogue]?.models ?? {})) ids.add(model);
  }
  for (const [alias, target] of Object.entries(aliases)) {
    const at = ["aliases", alias];
    if (ids.has(alias)) report(at, "is also the id of a model; an alias needs a name of its own");
    if (!ids.has(target) && !Object.hasOwn(aliases, target)) {
      const meant = nearestName(target, [...ids, ...Object.keys(aliases)]);
      report(at, `leads to no model or alias${meant === undefined ? "" : `; did you mean ${meant}?`}`);
    } else if (runsInCircle(alias, aliases)) report(at, "leads back to itself");
  }
}

/** True for an alias on the circle; one that merely leads into it is named by the others. */
function runsInCircle(alias: string, aliases: ConfigFile["aliases"]): boolean {
  let name = aliases[alias];
  for (let steps = Object.keys(aliases).length; steps > 0 && name !== undefined; steps--) {
    if (name === alias) return true;
    name = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  }
  return false;
}
