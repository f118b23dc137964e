import { knownProviders, type Catalogue } from "@onerouter/catalog";
import { describeDataPolicy } from "./describe-endpoints.ts";

/**
 * The providers as OpenRouter's SDK reads them.
 * @param all also those that are known and have no key here
 */
export function describeProviders(catalogue: Catalogue, all: boolean): Record<string, unknown> {
  const active = catalogue.providers();
  const used = new Set(active.map(({ known }) => known?.id));
  const others = all ? knownProviders.filter(({ id }) => !used.has(id)) : [];
  return {
    data: [
      ...active.map(({ name, known, dataPolicy, models }) => ({
        ...describeProvider(name, known?.title ?? name, known?.policyUrl),
        data_policy: describeDataPolicy(dataPolicy),
        active: true,
        models,
      })),
      ...others.map(({ id, title, policy, policyUrl }) => ({
        ...describeProvider(id, title, policyUrl),
        data_policy: describeDataPolicy(policy),
        active: false,
      })),
    ],
  };
}

function describeProvider(slug: string, name: string, policyUrl: string | undefined): Record<string, unknown> {
  return {
    name,
    slug,
    privacy_policy_url: policyUrl ?? null,
    terms_of_service_url: null,
    status_page_url: null,
    headquarters: null,
    datacenters: null,
  };
}
