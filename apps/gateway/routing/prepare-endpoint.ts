import type { Endpoint, Model, Pricing, Rates } from "@onerouter/catalog";
import type { VendorProfile } from "@onerouter/protocols";
import { endpointKey } from "./health/health.ts";

/** What planning needs to know about a provider beyond the catalogue. */
export interface ProviderAccess {
  apiKeys: readonly string[];
  profile(upstreamModel: string): VendorProfile;
}

/** Picodollars per token, `request` per request, as floats: good enough to compare, never to charge. */
export interface ApproximatePrices {
  input: number;
  output: number;
  cacheRead: number;
  /** What a token costs that is put into the cache: the price of input where writing is free. */
  cacheWrite: number;
  request: number;
}

/** An endpoint as planning reads it: what does not change from request to request is worked out once. */
export interface PreparedEndpoint {
  endpoint: Endpoint;
  profile: VendorProfile;
  key: string;
  /** What a client may call it: the provider's name, its vendor, provider/quantization; in small letters. */
  names: readonly string[];
  /** Undefined: unpriced. */
  prices: ApproximatePrices | undefined;
  /** Where prices depend on the length of the prompt: by how many tokens it must exceed, ascending. */
  tiers: ReadonlyArray<{ over: number; prices: ApproximatePrices }>;
  apiKeys: readonly string[];
  /** One for each credential. */
  pairs: readonly string[];
  takesTools: boolean;
  takesImages: boolean;
  takesDocuments: boolean;
}

export type PrepareEndpoints = (
  model: Model,
  access: (provider: string) => ProviderAccess,
) => readonly PreparedEndpoint[];

/** Remembers what it has prepared for as long as the catalogue lives that the model is from. */
export function createEndpointPreparer(): PrepareEndpoints {
  const known = new WeakMap<Model, readonly PreparedEndpoint[]>();
  return (model, access) => {
    let prepared = known.get(model);
    if (prepared === undefined) {
      prepared = model.endpoints.map((endpoint) => prepareEndpoint(endpoint, access(endpoint.provider)));
      known.set(model, prepared);
    }
    return prepared;
  };
}

function prepareEndpoint(endpoint: Endpoint, access: ProviderAccess): PreparedEndpoint {
  const profile = access.profile(endpoint.upstreamId);
  const key = endpointKey(endpoint);
  const provider = endpoint.provider.toLowerCase();
  const names = [provider, endpoint.vendor.toLowerCase()];
  if (endpoint.quantization !== undefined) names.push(`${provider}/${endpoint.quantization}`);
  const { inputModalities } = endpoint;
  return {
    endpoint,
    profile,
    key,
    names,
    prices: approximate(endpoint.pricing, endpoint.pricing),
    tiers: (endpoint.pricing?.tiers ?? []).flatMap(({ over, rates }) => {
      const prices = approximate(rates, endpoint.pricing);
      return prices === undefined ? [] : [{ over, prices }];
    }),
    apiKeys: access.apiKeys,
    pairs: access.apiKeys.map((_, index) => `${key}\n${index}`),
    takesTools: endpoint.toolCalls !== false && profile.toolsWhileThinking !== "no",
    takesImages: (inputModalities?.includes("image") ?? true) && profile.images,
    takesDocuments: (inputModalities?.includes("file") ?? true) && profile.documents === true,
  };
}

/** What holds for a prompt of so many tokens. */
export function pricesFor({ prices, tiers }: PreparedEndpoint, promptTokens: number): ApproximatePrices | undefined {
  if (tiers.length === 0) return prices;
  return tiers.findLast(({ over }) => promptTokens > over)?.prices ?? prices;
}

function approximate(rates: Rates | undefined, pricing: Pricing | undefined): ApproximatePrices | undefined {
  if (rates?.prompt === undefined || rates.completion === undefined) return undefined;
  const input = Number(rates.prompt);
  return {
    input,
    output: Number(rates.completion),
    cacheRead: rates.cacheRead === undefined ? input : Number(rates.cacheRead),
    cacheWrite: rates.cacheWrite === undefined ? input : Number(rates.cacheWrite),
    request: Number(pricing?.request ?? 0n),
  };
}
