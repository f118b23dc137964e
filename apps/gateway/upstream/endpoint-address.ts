import type { ProtocolName } from "@onerouter/protocols";

/** What is asked of an endpoint. */
export type UpstreamOperation = "generate" | "count-tokens";

/** Where a request goes, taken apart once per provider rather than with every request. */
export interface UpstreamAddress {
  /** Scheme, host and port: one connection pool each. */
  origin: string;
  /** Path and query. */
  path: string;
}

/**
 * Tells the address of each operation at a provider. `base_url` is taken as people write it: with or without the version
 * segment that the protocol's own SDK would add.
 */
export function createAddressBook(
  protocol: ProtocolName,
  baseUrl: string,
): (operation: UpstreamOperation) => UpstreamAddress {
  const known = new Map<UpstreamOperation, UpstreamAddress>();
  return (operation) => {
    let address = known.get(operation);
    if (address === undefined) {
      const url = endpointUrl(protocol, baseUrl, operation);
      address = { origin: url.origin, path: url.pathname + url.search };
      known.set(operation, address);
    }
    return address;
  };
}

function endpointUrl(protocol: ProtocolName, baseUrl: string, operation: UpstreamOperation): URL {
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
