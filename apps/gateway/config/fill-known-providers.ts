import { knownProviders, type KnownProvider } from "@onerouter/catalog";

/**
 * Fills in what the catalogue knows of a provider and the file leaves open: its protocol, address and vendor profile. A
 * provider is known by what it states under `catalogue`; else by its name, unless it states another address or protocol,
 * which makes it somebody else's server of that name.
 *
 * @param value the file, not yet known to fit the schema
 */
export function fillKnownProviders(value: unknown): unknown {
  if (!isSection(value) || !isSection(value.providers)) return value;
  const providers = Object.entries(value.providers).map(([name, provider]) => [name, fillProvider(name, provider)]);
  return { ...value, providers: Object.fromEntries(providers) as unknown };
}

function fillProvider(name: string, provider: unknown): unknown {
  if (!isSection(provider)) return provider;
  const known = findKnown(name, provider);
  if (known === undefined) return provider;
  // A cloud's address depends on the region.
  const address = provider.auth === undefined && known.auth === undefined ? { base_url: known.baseUrl } : {};
  const facts = { protocol: known.protocol, ...address, vendor: known.vendor ?? known.id, catalogue: known.id };
  return { ...facts, ...provider };
}

function findKnown(name: string, { catalogue, base_url, protocol }: Section): KnownProvider | undefined {
  if (catalogue !== undefined) return knownProviders.find(({ id }) => id === catalogue);
  const known = knownProviders.find(({ id }) => id === name);
  if (known === undefined || (protocol !== undefined && protocol !== known.protocol)) return undefined;
  return base_url === undefined || base_url === known.baseUrl ? known : undefined;
}

type Section = Readonly<Record<string, unknown>>;

function isSection(value: unknown): value is Section {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
