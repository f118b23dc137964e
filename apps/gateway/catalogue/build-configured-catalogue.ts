import {
  activateProvider,
  buildCatalogue,
  knownProviders,
  type Catalogue,
  type KnownProvider,
  type ProviderOffer,
} from "@onerouter/catalog";
import type { Config } from "../config/config.ts";
import type { KnownModels } from "./known-models.ts";

/** The catalogue of a configuration: what it states, and what is known of the providers that it names. */
export function buildConfiguredCatalogue({ providers, aliases }: Config, known: KnownModels): Catalogue {
  const active = Object.entries(providers).map(([name, provider]): [string, ProviderOffer] => {
    const facts = knownProviders.find(({ id }) => id === provider.catalogue);
    return [name, facts === undefined ? provider : activateProvider(provider, facts, known.current().providers)];
  });
  return buildCatalogue(Object.fromEntries(active), aliases, () => {
    const used = new Set(Object.values(providers).map(({ catalogue }) => catalogue));
    return offersOfOthers(used, known);
  });
}

/** Every provider that is known and has not been given a key. */
function offersOfOthers(used: ReadonlySet<string | undefined>, known: KnownModels): Record<string, ProviderOffer> {
  const { providers } = known.current();
  const others = knownProviders.filter(({ id }) => !used.has(id));
  return Object.fromEntries(others.map((facts) => [facts.id, activateProvider(bareProvider(facts), facts, providers)]));
}

function bareProvider({ id, protocol, baseUrl, vendor = id }: KnownProvider): ProviderOffer {
  return { protocol, base_url: baseUrl, vendor, models: {} };
}
