import type { Endpoint, Model } from "@onerouter/catalog";
import type { VendorProfile } from "@onerouter/protocols";
import type { Cooldown } from "./cooldown.ts";
import type { Candidate, RoutePlan } from "./route-plan.ts";

/** What planning needs to know about a provider beyond the catalogue. */
export interface ProviderAccess {
  apiKeys: readonly string[];
  profile(upstreamModel: string): VendorProfile;
}

/**
 * Orders the endpoints of a model: as configured, those that are cooling down last (soonest well first), so that a bad
 * minute everywhere still leaves something to try.
 */
export function planRoute(model: Model, access: (provider: string) => ProviderAccess, cooldown: Cooldown): RoutePlan {
  const well: Candidate[] = [];
  const cooling: Array<{ candidate: Candidate; remaining: number }> = [];
  for (const endpoint of model.endpoints) {
    for (const candidate of candidatesOf(endpoint, access(endpoint.provider))) {
      const remaining = cooldown.remaining(candidate.pair);
      if (remaining === 0) well.push(candidate);
      else
        cooling.push({ candidate: { ...candidate, reason: "cooling down, last resort", isCooling: true }, remaining });
    }
  }
  cooling.sort((a, b) => a.remaining - b.remaining);
  return { model, candidates: [...well, ...cooling.map(({ candidate }) => candidate)] };
}

function candidatesOf(endpoint: Endpoint, access: ProviderAccess): Candidate[] {
  const profile = access.profile(endpoint.upstreamId);
  return access.apiKeys.map((apiKey, index) => ({
    endpoint,
    profile,
    pair: `${endpoint.provider}\n${endpoint.upstreamId}\n${index}`,
    apiKey,
    reason: "configured order",
  }));
}
