import { contextLengthOf, maxOutputTokensOf, releasedAt, type Catalogue, type Model } from "@onerouter/catalog";
import type { ReadEndpointStats } from "./read-endpoint-stats.ts";
import { readModelFilter } from "./filter-models.ts";
import { namesOf, type ListedModel, type ModelList, type ModelLists } from "./model-list.ts";
import { readQuery, type Query } from "./read-query.ts";
import { sortModels, sortNames } from "./sort-models.ts";

/** A list as it is sent, and a tag that changes when it does; undefined where it changes from moment to moment. */
export interface WrittenList {
  text: string;
  tag: string | undefined;
}

/** What a list is made from. */
export interface ListSources {
  catalogue: Catalogue;
  lists: ModelLists;
  statsOf: ReadEndpointStats;
  /** Unix milliseconds. */
  now: number;
}

/** `GET /v1/models` as the SDKs of OpenAI and OpenRouter read it. @throws RequestError for a filter that cannot be used */
export async function listModelsOpenai(query: Query, sources: ListSources): Promise<WrittenList> {
  const { models, tag, isLive } = await selectModels(query, sources);
  const { offset, limit } = readPage(query);
  const end = offset + limit;
  const data = models.slice(offset, end).map(({ json }) => json);
  const next = end < models.length ? nextPage(query, end, limit) : null;
  return {
    text: `{"object":"list","data":[${data.join(",")}],"total_count":${models.length},"links":{"next":${JSON.stringify(next)}}}`,
    tag: isLive ? undefined : tag,
  };
}

/** How many names `GET /v1/models` lists with these filters. */
export async function countModels(query: Query, sources: ListSources): Promise<number> {
  return (await selectModels(query, sources)).models.length;
}

async function selectModels(query: Query, { catalogue, lists, statsOf, now }: ListSources): Promise<Selection> {
  const read = readQuery(query);
  const all = read.flag("all");
  const filter = readModelFilter(read, catalogue, now);
  const sort = read.name("sort", sortNames);
  read.refuseMisspelt(["offset", "limit"]);
  const list = await (all ? lists.all() : lists.active());
  const found = list.models.filter(filter);
  const isLive = sort === "throughput-high-to-low" || sort === "latency-low-to-high";
  return { models: sort === undefined ? found : sortModels(found, sort, statsOf), tag: list.tag, isLive };
}

interface Selection extends ModelList {
  models: readonly ListedModel[];
  /** Measurements decide the order. */
  isLive: boolean;
}

/** `offset` and `limit` as @openrouter/sdk sends them; anything odd counts as not given. */
function readPage(query: Query): { offset: number; limit: number } {
  const read = (value: unknown): number | undefined =>
    typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  return { offset: read(query.offset) ?? 0, limit: read(query.limit) ?? Number.POSITIVE_INFINITY };
}

function nextPage(query: Query, offset: number, limit: number): string {
  const kept = Object.entries(query).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const next = new URLSearchParams({ ...Object.fromEntries(kept), offset: String(offset), limit: String(limit) });
  return `/api/v1/models?${next.toString()}`;
}

/** `GET /v1/models` as Anthropic's SDK and Claude Code's model discovery read it. */
export function listModelsAnthropic(catalogue: Catalogue): Record<string, unknown> {
  const data = namesOf(catalogue, catalogue.models()).map(([id, model]) => anthropicModel(id, model));
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

/** One model as Anthropic's SDK reads it. */
export function anthropicModel(id: string, model: Model): Record<string, unknown> & { id: string } {
  return {
    type: "model",
    id,
    display_name: id === model.id ? id : `${id} (${model.id})`,
    created_at: new Date((releasedAt(model) ?? 0) * 1000).toISOString().replace(".000Z", "Z"),
    max_input_tokens: contextLengthOf(model) ?? null,
    max_tokens: maxOutputTokensOf(model) ?? null,
  };
}
