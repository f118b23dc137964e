import type { ProtocolName } from "@onerouter/protocols";

/** What every request says, before the provider's own headers and the credential. */
const commonHeaders = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
  "accept-encoding": "identity",
  "user-agent": "OneRouter",
};

/**
 * Gives the headers of a request to a provider for a credential; one object each, not to be changed.
 * An empty credential is none: a cloud adds its own later.
 * @param own the headers that the operator has configured; they win
 */
export function createRequestHeaders(
  protocol: ProtocolName,
  vendor: string,
  own: Readonly<Record<string, string>>,
): (apiKey: string) => Readonly<Record<string, string>> {
  // Names are compared without case: `Authorization` must replace ours and not stand beside it.
  const owned = Object.fromEntries(Object.entries(own).map(([name, value]) => [name.toLowerCase(), value]));
  const known = new Map<string, Readonly<Record<string, string>>>();
  return (apiKey) => {
    let headers = known.get(apiKey);
    if (headers === undefined) {
      headers = { ...commonHeaders, ...credentialHeaders(protocol, vendor, apiKey), ...owned };
      known.set(apiKey, headers);
    }
    return headers;
  };
}

/** The headers that carry our credential for the provider. */
function credentialHeaders(protocol: ProtocolName, vendor: string, key: string): Record<string, string> {
  if (key === "") return {};
  if (protocol === "gemini") return { "x-goog-api-key": key };
  if (protocol !== "anthropic-messages") return { authorization: `Bearer ${key}` };
  // Anthropic reads a bearer as an OAuth token; the compatible endpoints of other vendors differ in which one they read.
  return vendor === "anthropic" ? { "x-api-key": key } : { "x-api-key": key, authorization: `Bearer ${key}` };
}
