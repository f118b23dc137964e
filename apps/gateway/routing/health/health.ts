import type { AttemptResult } from "./attempt-result.ts";
import { CredentialHealth } from "./credential-health.ts";
import { EndpointHealth } from "./endpoint-health.ts";
import type { RateLimit } from "./rate-limit.ts";

/** What attempts teach of endpoints and credentials; the next plan reads it. In memory, bounded, O(1) for each attempt. */
export interface Health {
  /** @param key provider and upstream model, see endpointKey. @returns undefined for one that was never tried */
  endpoint(key: string): EndpointHealth | undefined;
  /** @param pair key of the endpoint and which of its credentials */
  credential(pair: string): CredentialHealth | undefined;
  /** A request goes out. @returns what has to be called, once, when it has ended */
  begin(key: string, pair: string, now: number): (result: AttemptResult, now: number) => void;
  /** The headers of an answer told of the credential's limits. */
  limits(pair: string, limits: RateLimit): void;
}

/** Endpoints, and pairs, remembered; the one that came first goes. More than any configuration has. */
const most = 4_000;

export function createHealth(): Health {
  const endpoints = new Map<string, EndpointHealth>();
  const credentials = new Map<string, CredentialHealth>();

  return {
    endpoint: (key) => endpoints.get(key),
    credential: (pair) => credentials.get(pair),
    begin(key, pair, now) {
      const endpoint = endpoints.get(key) ?? remember(endpoints, key, new EndpointHealth(now));
      const credential = credentials.get(pair) ?? remember(credentials, pair, new CredentialHealth());
      credential.inFlight += 1;
      const isProbe = endpoint.breaker.begin(now);
      return (result, end) => {
        credential.inFlight -= 1;
        credential.learn(result, end);
        endpoint.learn(result, end, isProbe);
      };
    },
    limits(pair, limits) {
      (credentials.get(pair) ?? remember(credentials, pair, new CredentialHealth())).limits(limits);
    },
  };
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): Value {
  if (map.size >= most) {
    const [oldest] = map.keys();
    if (oldest !== undefined) map.delete(oldest);
  }
  map.set(key, value);
  return value;
}

/** Whose health it is. */
export function endpointKey(endpoint: { provider: string; upstreamId: string }): string {
  return `${endpoint.provider}\n${endpoint.upstreamId}`;
}
