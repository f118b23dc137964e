import { contextLengthOf, formatUsd, maxOutputTokensOf, type Catalogue, type Model } from "@onerouter/catalog";

/** `GET /v1/models` as OpenAI's SDK reads it, with the fields OpenRouter adds where they are known. */
export function listModelsOpenai(catalogue: Catalogue): Record<string, unknown> {
  return { object: "list", data: everyName(catalogue).map(([id, model]) => openaiModel(id, model)) };
}

/** One model as OpenAI's SDK reads it. */
export function openaiModel(id: string, model: Model): Record<string, unknown> {
  const pricing = model.endpoints[0]?.pricing;
  return {
    id,
    object: "model",
    created: 0,
    owned_by: model.id.split("/")[0] ?? model.id,
    canonical_slug: model.id,
    name: id,
    context_length: contextLengthOf(model) ?? null,
    max_output_tokens: maxOutputTokensOf(model) ?? null,
    ...(pricing?.prompt === undefined || pricing.completion === undefined
      ? {}
      : { pricing: { prompt: formatUsd(pricing.prompt), completion: formatUsd(pricing.completion) } }),
  };
}

/** `GET /v1/models` as Anthropic's SDK and Claude Code's model discovery read it. */
export function listModelsAnthropic(catalogue: Catalogue): Record<string, unknown> {
  const data = everyName(catalogue).map(([id, model]) => anthropicModel(id, model));
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

/** One model as Anthropic's SDK reads it. */
export function anthropicModel(id: string, model: Model): Record<string, unknown> & { id: string } {
  return {
    type: "model",
    id,
    display_name: id === model.id ? id : `${id} (${model.id})`,
    created_at: "1970-01-01T00:00:00Z",
    max_input_tokens: contextLengthOf(model) ?? null,
    max_tokens: maxOutputTokensOf(model) ?? null,
  };
}

/** Models under their own id and under every alias. */
function everyName(catalogue: Catalogue): Array<[id: string, model: Model]> {
  return catalogue
    .models()
    .flatMap((model) => [model.id, ...catalogue.aliasesOf(model.id)].map((id): [string, Model] => [id, model]));
}
