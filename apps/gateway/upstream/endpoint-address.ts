import type { ProtocolName } from "@onerouter/protocols";

/** What is asked of an endpoint. */
export type UpstreamOperation = "generate" | "count-tokens";

/**
 * The URL of an operation. `base_url` is taken as people write it: with or without the version segment that the protocol's
 * own SDK would add.
 */
export function endpointUrl(protocol: ProtocolName, baseUrl: string, operation: UpstreamOperation): URL {
  const base = baseUrl.replace(/\/+$/, "");
  const path = new URL(base).pathname;
  switch (protocol) {
    case "anthropic-messages": {
      const root = /\/v\d+$/.test(path) ? base : `${base}/v1`;
      return new URL(`${root}/messages${operation === "count-tokens" ? "/count_tokens" : ""}`);
    }
    case "openai-chat":
      return new URL(`${path === "/" || path === "" ? `${base}/v1` : base}/chat/completions`);
    case "openai-responses":
      return new URL(`${path === "/" || path === "" ? `${base}/v1` : base}/responses`);
    case "gemini":
      throw new Error("protocol gemini has no endpoint address yet");
  }
}

/** The headers that carry our credential for the provider. */
export function credentialHeaders(protocol: ProtocolName, vendor: string, key: string): Record<string, string> {
  if (protocol !== "anthropic-messages") return { authorization: `Bearer ${key}` };
  // Anthropic reads a bearer as an OAuth token; the compatible endpoints of other vendors differ in which one they read.
  return vendor === "anthropic" ? { "x-api-key": key } : { "x-api-key": key, authorization: `Bearer ${key}` };
}
