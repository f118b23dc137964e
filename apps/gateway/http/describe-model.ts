import {
  contextLengthOf,
  formatUsd,
  maxOutputTokensOf,
  type Endpoint,
  type Model,
  type Pricing,
} from "@onerouter/catalog";
import type { VendorProfile } from "@onerouter/protocols";
import { canReason, supportedParameters } from "@onerouter/protocols/supported-parameters";
import type { Setup } from "../pipeline/inference-context.ts";

/** OpenRouter's sign for a price that is not fixed: 0 would be a lie, and without a text its SDK refuses the whole list. */
const unknownPrice = "-1";

/**
 * One model as OpenAI's SDK reads it, with everything that OpenRouter's insists on. What is not known is null or left out;
 * where neither is possible stands a value that claims nothing.
 */
export function describeModel(id: string, model: Model, setup: Setup): Record<string, unknown> {
  const endpoints = model.endpoints.map((endpoint) => ({ endpoint, profile: profileOf(endpoint, setup) }));
  const [first] = endpoints;
  const inputs = inputModalities(endpoints.map(({ profile }) => profile));
  const contextLength = contextLengthOf(model) ?? null;
  const maxOutputTokens = maxOutputTokensOf(model) ?? null;
  return {
    id,
    object: "model",
    created: 0,
    owned_by: model.id.split("/")[0] ?? model.id,
    canonical_slug: model.id,
    name: id,
    context_length: contextLength,
    max_output_tokens: maxOutputTokens,
    architecture: {
      modality: `${inputs.join("+")}->text`,
      input_modalities: inputs,
      output_modalities: ["text"],
      instruct_type: null,
    },
    pricing: describePricing(first?.endpoint.pricing ?? {}),
    top_provider: {
      context_length: first?.endpoint.contextLength ?? null,
      max_completion_tokens: first?.endpoint.maxOutputTokens ?? null,
      // Nothing is moderated on its way through here.
      is_moderated: false,
    },
    per_request_limits: null,
    supported_parameters: commonParameters(endpoints),
    default_parameters: null,
    supported_voices: null,
    ...describeReasoning(endpoints),
    links: { details: `/api/v1/models/${id}` },
  };
}

interface KnownEndpoint {
  endpoint: Endpoint;
  profile: VendorProfile;
}

function profileOf(endpoint: Endpoint, setup: Setup): VendorProfile {
  return setup.provider(endpoint.provider).profile(endpoint.upstreamId);
}

/** Only vendors whose models are known are believed to see; of the others it is known that they read. */
function inputModalities(profiles: readonly VendorProfile[]): string[] {
  const known = profiles.every(({ name, servesAnyModel }) => name !== "generic" && servesAnyModel !== true);
  const inputs = ["text"];
  if (known && profiles.every(({ images }) => images)) inputs.push("image");
  if (known && profiles.every(({ documents }) => documents === true)) inputs.push("file");
  return inputs;
}

/** USD per token, of the endpoint that is asked first. */
function describePricing(pricing: Pricing): Record<string, string> {
  const price = (value: bigint | undefined): string => (value === undefined ? unknownPrice : formatUsd(value));
  const result: Record<string, string> = { prompt: price(pricing.prompt), completion: price(pricing.completion) };
  const others = {
    request: pricing.request,
    input_cache_read: pricing.cacheRead,
    input_cache_write: pricing.cacheWrite,
    input_cache_write_1h: pricing.cacheWrite1h,
    internal_reasoning: pricing.reasoning,
  };
  for (const [field, value] of Object.entries(others)) if (value !== undefined) result[field] = formatUsd(value);
  return result;
}

/** What every endpoint of the model supports, so that it holds wherever the request goes. */
function commonParameters(endpoints: readonly KnownEndpoint[]): string[] {
  const [first = [], ...rest] = endpoints.map(({ endpoint, profile }) =>
    supportedParameters(endpoint.protocol, profile, endpoint.upstreamId),
  );
  return first.filter((parameter) => rest.every((list) => list.includes(parameter)));
}

function describeReasoning(endpoints: readonly KnownEndpoint[]): Record<string, unknown> {
  const every = endpoints.every(({ endpoint, profile }) => canReason(endpoint.protocol, profile, endpoint.upstreamId));
  return every ? { reasoning: { mandatory: endpoints.every(({ profile }) => !profile.thinkingCanBeOff) } } : {};
}
