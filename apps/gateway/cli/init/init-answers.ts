import type { KnownProvider } from "@onerouter/catalog";
import { knownProviders } from "@onerouter/catalog";
import type { ProtocolName } from "@onerouter/protocols";

/** Everything the file needs. Of a provider that the catalogue knows it needs only what is different. */
export interface InitAnswers {
  provider: string;
  protocol?: ProtocolName;
  baseUrl?: string;
  keyVariable: string;
  /** Absent: all models that are known of the provider. */
  model?: InitModel;
}

export interface InitModel {
  id: string;
  /** Absent: what the catalogue knows. */
  upstreamId?: string;
  alias?: string;
  contextLength?: number;
  maxOutputTokens?: number;
}

/** What the command line said already. */
export interface InitFlags {
  provider?: string;
  protocol?: string;
  baseUrl?: string;
  keyVariable?: string;
  model?: string;
  upstreamId?: string;
  alias?: string;
  contextLength?: number;
  maxOutputTokens?: number;
  force?: boolean;
}

/** Providers that need no more than a key. */
export const proposedProviders: readonly KnownProvider[] = knownProviders.filter(({ auth }) => auth === undefined);

/** The provider as the catalogue knows it, unless the flags make another one of it. */
export function knownProviderOf({ provider, protocol, baseUrl }: InitFlags): KnownProvider | undefined {
  const known = proposedProviders.find(({ id }) => id === provider);
  if (known === undefined || (protocol ?? known.protocol) !== known.protocol) return undefined;
  return (baseUrl ?? known.baseUrl) === known.baseUrl ? known : undefined;
}
