import type { ProtocolName } from "@onerouter/protocols";
import type { DataPolicy } from "./data-policy.ts";

/** A provider that the catalogue knows: an operator activates it by giving it a key. */
export interface KnownProvider {
  /** Its name in a configuration, and in data/offers.json. */
  id: string;
  title: string;
  protocol: ProtocolName;
  baseUrl: string;
  /** Vendor profile; default the provider's own id. */
  vendor?: string;
  /** The customary name of its API key's variable, for `init` to propose. */
  keyVariable: string;
  /** How it signs requests, where that is no API key. */
  auth?: "aws-sigv4" | "google";
  /** Its models are its own: they are published as `author/...`. */
  author?: string;
  /**
   * Ids it has in what the catalogue is made of: `prices` in genai-prices, `limits` in pi-ai, `modelsDev` in files of
   * models.dev's form, if that is neither the one of `limits` nor the provider's own.
   */
  sources: { prices?: string; limits?: string; modelsDev?: string };
  /** Only these upstream ids are taken over. */
  only?: RegExp;
  /** Of several upstream ids of one model those that match come first. */
  prefer?: RegExp;
  policy: DataPolicy;
  /** The page that states the policy. */
  policyUrl?: string;
}
