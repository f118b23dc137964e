import type { MainUpstream } from "./main-upstreams.ts";

/** USD per million tokens. */
export interface Prices {
  prompt: number;
  completion: number;
  cache_read: number;
}

/** One provider of a fleet: where its mock listens, and what it takes. */
export interface FleetMember {
  mockUrl: string;
  prices: Prices;
}

/** A configuration with one model at several providers, each in a place of its own at its mock. They are given up soon. */
export function fleetConfig(upstream: MainUpstream, fleet: Record<string, FleetMember>): Record<string, unknown> {
  const { name, model, vendor, protocol, path } = upstream;
  const [dialect, version] = path.split("/");
  const timeouts = { connect_seconds: 2, headers_seconds: 2, idle_seconds: 2 };
  const providers = Object.entries(fleet).map(([provider, { mockUrl, prices }]) => [
    provider,
    {
      vendor,
      protocol,
      base_url: `${mockUrl}/${dialect}/${provider}/${version}`,
      api_keys: ["upstream-key"],
      timeouts,
      models: { [`${name}/${model}`]: { upstream_id: model, context_length: 1_000_000, pricing: prices } },
    },
  ]);
  return {
    providers: Object.fromEntries(providers) as Record<string, unknown>,
    aliases: { [model]: `${name}/${model}` },
  };
}
