import { keepsNothing, knownProviders, nearestName, type Catalogue, type Endpoint } from "@onerouter/catalog";
import type { ListedModel } from "./model-list.ts";
import type { QueryReader } from "./read-query.ts";

/** Whether a model belongs into the list that was asked for. */
export type ModelFilter = (model: ListedModel) => boolean;

const parameters = [
  "temperature",
  "top_p",
  "top_k",
  "min_p",
  "top_a",
  "frequency_penalty",
  "presence_penalty",
  "repetition_penalty",
  "max_tokens",
  "max_completion_tokens",
  "logit_bias",
  "logprobs",
  "top_logprobs",
  "prediction",
  "seed",
  "response_format",
  "structured_outputs",
  "stop",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "include_reasoning",
  "reasoning",
  "reasoning_effort",
  "web_search_options",
  "verbosity",
];
const inputs = ["text", "image", "file", "audio", "video"];
const outputs = [
  "text",
  "embeddings",
  "image",
  "audio",
  "video",
  "rerank",
  "decisions",
  "speech",
  "transcription",
  "all",
];

/** Filters of OpenRouter's that ask for what nobody knows here: to ignore one would be to answer another question. */
const notHere = [
  "category",
  "arch",
  "distillable",
  "region",
  "min_intelligence_index",
  "max_intelligence_index",
  "min_coding_index",
  "max_coding_index",
  "min_agentic_index",
  "max_agentic_index",
  "min_tool_success_rate",
  "max_tool_success_rate",
];

/**
 * Reads the filters of a query, OpenRouter's by name and meaning.
 *
 * @param now Unix milliseconds
 * @throws RequestError that names the filter whose value cannot be used.
 */
export function readModelFilter(read: QueryReader, catalogue: Catalogue, now: number): ModelFilter {
  read.refuse(notHere);
  const filters: ModelFilter[] = [];
  const add = <Value>(value: Value | undefined, filter: (value: Value) => ModelFilter): void => {
    if (value !== undefined) filters.push(filter(value));
  };
  const hasAll =
    (pick: (model: ListedModel) => readonly string[]) =>
    (wanted: readonly string[]): ModelFilter =>
    (model) =>
      wanted.every((item) => pick(model).includes(item));

  add(
    read.names("supported_parameters", parameters),
    hasAll((model) => model.parameters),
  );
  add(
    read.names("input_modalities", inputs),
    hasAll((model) => model.inputs),
  );
  // Either way round.
  add(
    read.names("modality", [...new Set([...inputs, ...outputs])]),
    hasAll((model) => [...model.inputs, ...model.outputs]),
  );
  add(
    read.names("output_modalities", outputs),
    (wanted) => (model) => wanted.includes("all") || wanted.some((modality) => model.outputs.includes(modality)),
  );
  add(read.number("context"), (least) => (model) => (model.contextLength ?? 0) >= least);
  add(read.number("min_age_days"), (days) => (model) => model.created > 0 && ageOf(model, now) >= days);
  add(read.number("max_age_days"), (days) => (model) => model.created > 0 && ageOf(model, now) <= days);
  addPrices(read, add);
  add(
    readProviders(read, catalogue),
    (wanted) =>
      ({ model }) =>
        model.endpoints.some(({ provider }) => wanted.has(provider)),
  );
  add(
    read.list("model_authors"),
    (wanted) =>
      ({ model }) =>
        wanted.some((author) => model.id.toLowerCase().startsWith(`${author.toLowerCase()}/`)),
  );
  if (read.flag("zdr"))
    add(
      true,
      () =>
        ({ model }) =>
          model.endpoints.some(({ dataPolicy }) => keepsNothing(dataPolicy)),
    );
  add(read.text("q"), (text) => {
    const words = text.toLowerCase().split(/\s+/);
    return ({ id, name }) => words.every((word) => `${id}\n${name}`.toLowerCase().includes(word));
  });
  return (model) => filters.every((filter) => filter(model));
}

function ageOf({ created }: ListedModel, now: number): number {
  return (now / 1000 - created) / 86_400;
}

/** USD per million tokens, at the endpoint that is asked first; a model without a price is not among the cheap ones. */
function addPrices(
  read: QueryReader,
  add: (value: number | undefined, filter: (value: number) => ModelFilter) => void,
): void {
  for (const [suffix, rate] of [
    ["price", "prompt"],
    ["output_price", "completion"],
  ] as const) {
    add(read.number(`min_${suffix}`), (least) => (model) => (priceOf(model, rate) ?? -1) >= least);
    add(read.number(`max_${suffix}`), (most) => (model) => (priceOf(model, rate) ?? Number.POSITIVE_INFINITY) <= most);
  }
}

/** USD per million tokens; undefined: unpriced. */
export function priceOf({ model }: ListedModel, rate: "prompt" | "completion"): number | undefined {
  const price = model.endpoints[0]?.pricing?.[rate];
  return price === undefined ? undefined : Number(price) / 1e6;
}

/** Providers by their name in the configuration, by that in the catalogue, or by what people call them. */
function readProviders(read: QueryReader, catalogue: Catalogue): ReadonlySet<Endpoint["provider"]> | undefined {
  const field = read.text("providers") === undefined ? "provider" : "providers";
  const wanted = read.list(field);
  if (wanted === undefined) return undefined;
  const byName = new Map<string, string[]>();
  const add = (name: string, provider: string): void => {
    byName.set(name.toLowerCase(), [...(byName.get(name.toLowerCase()) ?? []), provider]);
  };
  for (const { id, title } of knownProviders) for (const name of [id, title]) add(name, id);
  for (const { name, known } of catalogue.providers()) {
    for (const other of new Set([name, known?.id ?? name, known?.title ?? name])) add(other, name);
  }
  return new Set(
    wanted.flatMap((name) => {
      const found = byName.get(name.toLowerCase());
      if (found !== undefined) return found;
      const meant = nearestName(name, byName.keys());
      return read.fail(field, `there is no provider ${name}${meant === undefined ? "" : `; did you mean ${meant}?`}`);
    }),
  );
}
