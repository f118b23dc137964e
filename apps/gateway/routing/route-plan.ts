import type { Endpoint, Model } from "@onerouter/catalog";
import type { VendorProfile } from "@onerouter/protocols";

/** One way to answer: an endpoint and the credential to use there. */
export interface Candidate {
  endpoint: Endpoint;
  profile: VendorProfile;
  /** Key of the endpoint's health. */
  key: string;
  /** Key of the (endpoint, credential) pair. */
  pair: string;
  /** Which of the provider's credentials, from 0. */
  credential: number;
  apiKey: string;
  /** Why it stands where it stands. */
  reason: string;
  /** It has failed lately. */
  isCooling?: boolean;
  /** The one before it once more: only for a failure that may pass at once. */
  isRepeat?: boolean;
  /** Picodollars that this request is expected to cost there; absent for an unpriced endpoint. */
  expectedCost?: number;
  /** What endpoints are ordered by: the cost of a turn on average over those to come, with what failures waste; likewise. */
  index?: number;
  /** Tokens of the prompt that are expected to be read from its cache. */
  cachedTokens?: number;
  /** Probability of a failure. */
  failure?: number;
}

/** An endpoint that may not answer this request. */
export interface Exclusion {
  endpoint: Endpoint;
  /** The request's field that leaves it out. */
  field: string;
  reason: string;
}

/** Candidates in the order they will be tried, and what was left out. */
export interface RoutePlan {
  /** The one asked for first; a candidate of another one has it in its endpoint. */
  model: Model;
  candidates: Candidate[];
  excluded: readonly Exclusion[];
  /** Of the request's models to fall back on, what has no effect. */
  unmet?: ReadonlyArray<{ field: string; reason: string }>;
  /** Why this model, where the gateway chose it. */
  choice?: string;
  /** Tokens of the prompt, by our estimate for the first candidate. */
  promptTokens: number;
  /** Turns of the conversation that the order was worked out for. */
  horizon: number;
}
