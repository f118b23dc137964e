import { profileForModel, type VendorProfile } from "@onerouter/protocols";
import { generic } from "@onerouter/protocols/vendors/generic";
import { vendorProfiles } from "@onerouter/protocols/vendors/index";
import { buildConfiguredCatalogue } from "./catalogue/build-configured-catalogue.ts";
import type { KnownModels } from "./catalogue/known-models.ts";
import { cloudAccess } from "./config/cloud-access.ts";
import type { Config, ProviderConfig } from "./config/config.ts";
import type { ProviderSetup, Setup } from "./pipeline/inference-context.ts";
import { createSearchProvider } from "./server-tools/search/create-search-provider.ts";
import { createCloud } from "./upstream/clouds/create-cloud.ts";
import { createAddressBook } from "./upstream/endpoint-address.ts";
import { createCredentialMarks } from "./upstream/mark-credentials.ts";
import { createRequestHeaders } from "./upstream/request-headers.ts";

/**
 * A configuration made ready: everything that need not be worked out anew with each request.
 * @param now Unix milliseconds
 */
export function createSetup(config: Config, known: KnownModels, now: () => number): Setup {
  const catalogue = buildConfiguredCatalogue(config, known);
  const providers = new Map(
    Object.entries(config.providers).map(([name, provider]) => [name, createProviderSetup(name, provider, now)]),
  );
  const search = config.web_search;
  return {
    catalogue,
    keepAliveMs: config.server.keep_alive_seconds * 1000,
    resumes: config.server.resume,
    hedges: config.server.hedge,
    storedResponses: {
      enabled: config.stored_responses.enabled,
      maxBytes: config.stored_responses.max_mb * oneMegabyte,
      maxCount: config.stored_responses.max_count,
      ttlMs: config.stored_responses.ttl_minutes * 60_000,
    },
    webSearch:
      search === undefined
        ? undefined
        : {
            provider: createSearchProvider(search),
            maxResults: search.max_results,
            timeoutMs: search.timeout_seconds * 1000,
          },
    provider(name) {
      const provider = providers.get(name);
      if (provider === undefined) throw new Error(`the catalogue names a provider that is not configured: ${name}`);
      return provider;
    },
  };
}

const oneMegabyte = 1024 * 1024;

/** Stands where a cloud authenticates by other means. */
const noKey = "";

const defaultTimeouts = { connect_seconds: 10, headers_seconds: 300, idle_seconds: 120 };

function createProviderSetup(name: string, provider: ProviderConfig, now: () => number): ProviderSetup {
  const known = vendorProfiles[provider.vendor ?? name] ?? generic;
  const { auth, protocol, base_url } = provider;
  const cloud = auth === undefined ? undefined : createCloud(protocol, base_url, cloudAccess(auth), now);
  // A cloud wants its requests in a form of its own.
  const vendor = cloud === undefined ? known : { ...known, express: false };
  const timeouts = { ...defaultTimeouts, ...provider.timeouts };
  const profiles = new Map<string, VendorProfile>();
  const setup: ProviderSetup = {
    apiKeys: cloud === undefined ? provider.api_keys : [noKey],
    credentialMark: createCredentialMarks(),
    profile(upstreamModel) {
      let profile = profiles.get(upstreamModel);
      if (profile === undefined)
        profiles.set(upstreamModel, (profile = profileForModel(vendor, upstreamModel, protocol)));
      return profile;
    },
    address: cloud?.address ?? createAddressBook(protocol, base_url),
    headers: createRequestHeaders(protocol, vendor.name, provider.headers ?? {}),
    timeouts: {
      connect: timeouts.connect_seconds * 1000,
      headers: timeouts.headers_seconds * 1000,
      idle: timeouts.idle_seconds * 1000,
    },
  };
  if (cloud !== undefined) setup.cloud = cloud;
  return setup;
}
