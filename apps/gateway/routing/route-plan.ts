import type { Endpoint, Model } from "@onerouter/catalog";
import type { VendorProfile } from "@onerouter/protocols";

/** One way to answer: an endpoint and the credential to use there. */
export interface Candidate {
  endpoint: Endpoint;
  profile: VendorProfile;
  /** Key of the (endpoint, credential) pair in the cooldown. */
  pair: string;
  apiKey: string;
  reason: string;
  /** It has failed lately. */
  isCooling?: boolean;
}

/** Candidates in the order they will be tried. */
export interface RoutePlan {
  model: Model;
  candidates: Candidate[];
}
