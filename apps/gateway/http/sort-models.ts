import type { ReadEndpointStats } from "./read-endpoint-stats.ts";
import { priceOf } from "./filter-models.ts";
import type { ListedModel } from "./model-list.ts";

/** OpenRouter's names. Its others rank by what only it knows. */
export const sortNames = [
  "newest",
  "pricing-low-to-high",
  "pricing-high-to-low",
  "context-high-to-low",
  "throughput-high-to-low",
  "latency-low-to-high",
] as const;

export type SortName = (typeof sortNames)[number];

/** Models of which nobody knows the value come last, in the order of the list. */
export function sortModels(
  models: readonly ListedModel[],
  by: SortName,
  statsOf: ReadEndpointStats,
): readonly ListedModel[] {
  const values = new Map(models.map((model) => [model, valueOf(model, by, statsOf)]));
  const read = (model: ListedModel): number => values.get(model) ?? Number.POSITIVE_INFINITY;
  return models.toSorted((a, b) => (read(a) === read(b) ? 0 : read(a) - read(b)));
}

/** Lowest first; undefined: unknown. */
function valueOf(model: ListedModel, by: SortName, statsOf: ReadEndpointStats): number | undefined {
  const stats = model.model.endpoints.map((endpoint) => statsOf(endpoint));
  switch (by) {
    case "newest":
      return model.created === 0 ? undefined : -model.created;
    case "pricing-low-to-high":
      return averagePrice(model);
    case "pricing-high-to-low":
      return negate(averagePrice(model));
    case "context-high-to-low":
      return negate(model.contextLength);
    case "throughput-high-to-low":
      return least(stats.map(({ throughput }) => negate(throughput?.p50)));
    case "latency-low-to-high":
      return least(stats.map(({ latency }) => latency?.p50));
  }
}

function averagePrice(model: ListedModel): number | undefined {
  const prompt = priceOf(model, "prompt");
  const completion = priceOf(model, "completion");
  return prompt === undefined || completion === undefined ? undefined : (prompt + completion) / 2;
}

function negate(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}

function least(values: ReadonlyArray<number | undefined>): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
