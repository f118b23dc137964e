import {
  benchmarkScores,
  benchmarkSource,
  contextLengthOf,
  maxOutputTokensOf,
  modelArchitectures,
  nameOf,
  releasedAt,
  type Model,
} from "@onerouter/catalog";
import { describePricing } from "./describe-pricing.ts";
import { abilitiesOf, inCommon, outputsOf, type EndpointAbilities } from "./endpoint-abilities.ts";

/**
 * One model as OpenAI's SDK reads it, with everything that OpenRouter's insists on. What is not known is null or left out;
 * where neither is possible stands a value that claims nothing.
 *
 * @param id the model's own or an alias
 */
export function describeModel(id: string, model: Model): Record<string, unknown> {
  const endpoints = model.endpoints.map(abilitiesOf);
  // The one that is asked first, if nothing speaks against it.
  const [first] = model.endpoints;
  return {
    id,
    object: "model",
    created: releasedAt(model) ?? 0,
    owned_by: model.id.split("/")[0] ?? model.id,
    canonical_slug: model.id,
    name: id === model.id ? nameOf(model) : id,
    context_length: contextLengthOf(model) ?? null,
    max_output_tokens: maxOutputTokensOf(model) ?? null,
    architecture: describeArchitecture(model, endpoints),
    pricing: describePricing(first?.pricing),
    top_provider: {
      context_length: first?.contextLength ?? null,
      max_completion_tokens: first?.maxOutputTokens ?? null,
      // Nothing is moderated on its way through here.
      is_moderated: false,
    },
    per_request_limits: null,
    supported_parameters: inCommon(endpoints.map(({ parameters }) => parameters)),
    default_parameters: null,
    supported_voices: null,
    ...describeReasoning(endpoints),
    ...(first?.quantization === undefined ? {} : { quantization: first.quantization }),
    ...(model.endpoints.every(({ deprecated }) => deprecated === true) ? { deprecated: true } : {}),
    ...describeBenchmarks(model.id),
    links: { details: `/api/v1/models/${id}` },
  };
}

function describeArchitecture(model: Model, endpoints: readonly EndpointAbilities[]): Record<string, unknown> {
  const inputs = inCommon(endpoints.map((endpoint) => endpoint.inputs));
  const outputs = outputsOf(model);
  return { ...describeModalities(inputs, outputs), ...describeBuild(model.id) };
}

export function describeModalities(inputs: readonly string[], outputs: readonly string[]): Record<string, unknown> {
  return {
    modality: `${inputs.join("+")}->${outputs.join("+")}`,
    input_modalities: inputs,
    output_modalities: outputs,
    instruct_type: null,
  };
}

/** How the model is built, where its maker has published it. */
function describeBuild(id: string): Record<string, unknown> {
  const build = modelArchitectures.get(id);
  if (build === undefined) return {};
  return {
    kind: build.kind,
    total_parameters: build.totalParameters,
    active_parameters: build.activeParameters,
    layers: build.layers,
    dense_layers: build.denseLayers,
    experts: build.experts,
    experts_per_token: build.expertsPerToken,
    attention: build.attention,
    activation: build.activation,
    context_length: build.contextLength,
    quantization: build.quantization,
    source: build.source,
  };
}

/** OpenRouter's SDK wants `design_arena` in it. */
function describeBenchmarks(id: string): Record<string, unknown> {
  const scores = benchmarkScores.get(id);
  return scores === undefined ? {} : { benchmarks: { design_arena: [], source: benchmarkSource, scores } };
}

function describeReasoning(endpoints: readonly EndpointAbilities[]): Record<string, unknown> {
  if (!endpoints.every(({ canReason }) => canReason)) return {};
  return { reasoning: { mandatory: endpoints.every(({ profile }) => !profile.thinkingCanBeOff) } };
}
