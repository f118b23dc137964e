import { contextLengthOf, maxOutputTokensOf, type Catalogue, type Model } from "@onerouter/catalog";
import type { Setup } from "../pipeline/inference-context.ts";
import { describeModel } from "./describe-model.ts";

/** Part of a list: from where, and how many at most. */
export interface Page {
  offset: number;
  limit: number;
}

/** `GET /v1/models` as the SDKs of OpenAI and OpenRouter read it. */
export function listModelsOpenai(setup: Setup, { offset, limit }: Page): Record<string, unknown> {
  const names = everyName(setup.catalogue);
  const end = offset + limit;
  return {
    object: "list",
    data: names.slice(offset, end).map(([id, model]) => describeModel(id, model, setup)),
    total_count: names.length,
    links: { next: end < names.length ? `/api/v1/models?offset=${end}&limit=${limit}` : null },
  };
}

/** How many names `GET /v1/models` lists. */
export function countModels(catalogue: Catalogue): number {
  return everyName(catalogue).length;
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
