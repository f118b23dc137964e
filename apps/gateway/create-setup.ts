import { buildCatalogue } from "@onerouter/catalog";
import { profileForModel, type VendorProfile } from "@onerouter/protocols";
import { generic } from "@onerouter/protocols/vendors/generic";
import { vendorProfiles } from "@onerouter/protocols/vendors/index";
import type { Config, ProviderConfig } from "./config/config.ts";
import type { ProviderSetup, Setup } from "./pipeline/inference-context.ts";
import { createAddressBook } from "./upstream/endpoint-address.ts";
import { createRequestHeaders } from "./upstream/request-headers.ts";

/** A configuration made ready: everything that need not be worked out anew with each request. */
export function createSetup(config: Config): Setup {
  const catalogue = buildCatalogue(config.providers, config.aliases);
  const providers = new Map(
    Object.entries(config.providers).map(([name, provider]) => [name, createProviderSetup(name, provider)]),
  );
  return {
    catalogue,
    keepAliveMs: config.server.keep_alive_seconds * 1000,
    provider(name) {
      const provider = providers.get(name);
      if (provider === undefined) throw new Error(`the catalogue names a provider that is not configured: ${name}`);
      return provider;
    },
  };
}

const defaultTimeouts = { connect_seconds: 10, headers_seconds: 300, idle_seconds: 120 };

function createProviderSetup(name: string, provider: ProviderConfig): ProviderSetup {
  const vendor = vendorProfiles[provider.vendor ?? name] ?? generic;
  const timeouts = { ...defaultTimeouts, ...provider.timeouts };
  const profiles = new Map<string, VendorProfile>();
  return {
    apiKeys: provider.api_keys,
    profile(upstreamModel) {
      let profile = profiles.get(upstreamModel);
      if (profile === undefined) profiles.set(upstreamModel, (profile = profileForModel(vendor, upstreamModel)));
      return profile;
    },
    address: createAddressBook(provider.protocol, provider.base_url),
    headers: createRequestHeaders(provider.protocol, vendor.name, provider.headers ?? {}),
    timeouts: {
      connect: timeouts.connect_seconds * 1000,
      headers: timeouts.headers_seconds * 1000,
      idle: timeouts.idle_seconds * 1000,
    },
  };
}
