import { isPrivate, keepsNothing } from "@onerouter/catalog";
import { pricesFor, type ApproximatePrices, type PreparedEndpoint } from "./prepare-endpoint.ts";
import type { RequestNeeds } from "./request-needs.ts";
import type { RoutingWishes } from "./routing-wishes.ts";

/** Why an endpoint is left out: the field of the request, and what about the endpoint does not go with it. */
export interface Obstacle {
  field: string;
  reason: string;
}

/**
 * What the client's wishes leave out, whatever else there is.
 * @param promptTokens our estimate: prices may depend on it
 * @returns undefined for an endpoint that may be used
 */
export function findRefusal(
  prepared: PreparedEndpoint,
  wishes: RoutingWishes,
  promptTokens: number,
): Obstacle | undefined {
  const { endpoint, profile, names } = prepared;
  const isElsewhere = wishes.onlyElsewhere === true && profile.takesGatewayFields === true;
  if (wishes.only !== undefined && !isElsewhere && !isNamed(names, wishes.only)) {
    return { field: "provider.only", reason: "is not in the list" };
  }
  if (wishes.ignore !== undefined && isNamed(names, wishes.ignore)) {
    return { field: "provider.ignore", reason: "is in the list" };
  }
  if (wishes.order !== undefined && wishes.allowFallbacks === false && !isNamed(names, wishes.order)) {
    return { field: "provider.order", reason: "is not in the list, and provider.allow_fallbacks is false" };
  }
  const { dataPolicy } = endpoint;
  if (wishes.denyDataCollection === true && !isPrivate(dataPolicy)) {
    return {
      field: "provider.data_collection",
      reason: dataPolicy?.training === true ? "may train on what it is sent" : "is not known to train on nothing",
    };
  }
  if (wishes.zeroRetention === true && !keepsNothing(dataPolicy)) {
    return {
      field: "provider.zdr",
      reason: (dataPolicy?.retentionDays ?? 0) > 0 ? "keeps what it is sent" : "is not known to keep nothing",
    };
  }
  // No list says it of endpoints.
  if (wishes.distillable === true) {
    return { field: "provider.enforce_distillable_text", reason: "is not known to permit distillation" };
  }
  if (wishes.quantizations !== undefined && !wishes.quantizations.includes(endpoint.quantization ?? "unknown")) {
    return { field: "provider.quantizations", reason: `has ${endpoint.quantization ?? "an unknown quantization"}` };
  }
  if (wishes.free !== true && wishes.maxPrice === undefined) return undefined;
  const prices = pricesFor(prepared, promptTokens);
  if (wishes.free === true && (prices === undefined || prices.input > 0 || prices.output > 0 || prices.request > 0)) {
    return {
      field: "model",
      reason: prices === undefined ? "has no known price, so :free leaves it out" : "is not free",
    };
  }
  return wishes.maxPrice === undefined ? undefined : findTooDear(prices, wishes.maxPrice);
}

function findTooDear(
  prices: ApproximatePrices | undefined,
  limits: NonNullable<RoutingWishes["maxPrice"]>,
): Obstacle | undefined {
  if (prices === undefined) return { field: "provider.max_price", reason: "has no known price" };
  if (limits.prompt !== undefined && prices.input > limits.prompt) {
    return {
      field: "provider.max_price.prompt",
      reason: `costs ${usdPerMillion(prices.input)} USD per million tokens`,
    };
  }
  if (limits.completion !== undefined && prices.output > limits.completion) {
    return {
      field: "provider.max_price.completion",
      reason: `costs ${usdPerMillion(prices.output)} USD per million tokens`,
    };
  }
  if (limits.request !== undefined && prices.request > limits.request) {
    return { field: "provider.max_price.request", reason: `costs ${prices.request / 1e12} USD per request` };
  }
  return undefined;
}

/** Our count of a prompt is rough: what seems too long by less than this share may fit after all. */
const doubtful = 0.25;

/**
 * What this endpoint cannot do by our own knowledge, which may be wrong: it is left out only if another one can.
 * @param promptTokens our estimate
 */
export function findIncapacity(
  { endpoint, takesTools, takesImages, takesDocuments }: PreparedEndpoint,
  needs: RequestNeeds,
  promptTokens: number,
): Obstacle | undefined {
  if (needs.tools && !takesTools) return { field: "tools", reason: "takes no tools" };
  if (needs.images && !takesImages) return { field: "messages", reason: "takes no images" };
  // The gateway reads them to models that take none, but what is not their text is lost.
  if (needs.documents && !takesDocuments) return { field: "messages", reason: "takes no documents" };
  const { contextLength } = endpoint;
  if (contextLength !== undefined && promptTokens * (1 - doubtful) > contextLength) {
    return { field: "messages", reason: `about ${promptTokens} tokens do not fit its context of ${contextLength}` };
  }
  return undefined;
}

/** Whether prompt and answer together seem not to fit; endpoints where they do are asked first. */
export function isTight({ endpoint }: PreparedEndpoint, needs: RequestNeeds, promptTokens: number): boolean {
  const { contextLength, maxOutputTokens } = endpoint;
  if (contextLength === undefined) return false;
  const wanted = Math.min(needs.maxOutputTokens ?? 0, maxOutputTokens ?? Number.POSITIVE_INFINITY);
  return promptTokens + wanted > contextLength;
}

export function isNamed(names: readonly string[], list: readonly string[]): boolean {
  return names.some((name) => list.includes(name));
}

/** Where the first of its names stands in a list; the list's length if none does. */
export function placeIn(names: readonly string[], list: readonly string[]): number {
  const place = list.findIndex((name) => names.includes(name));
  return place === -1 ? list.length : place;
}

function usdPerMillion(picodollarsPerToken: number): number {
  return picodollarsPerToken / 1e6;
}
