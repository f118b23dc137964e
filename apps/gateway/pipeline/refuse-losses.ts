import type { Endpoint } from "@onerouter/catalog";
import { RequestError, type ReceiptEntry } from "@onerouter/protocols";
import type { GatewayFields } from "./fields/read-gateway-fields.ts";

/** How many endpoints, and fields of one, a refusal names. */
const maxNamed = 8;

/** What a request would have lost at the endpoints that were left out for it, by provider and upstream model. */
export type LossesByEndpoint = Map<string, readonly ReceiptEntry[]>;

/**
 * Refuses an endpoint that would not give what was asked, after the request was encoded and before anything of it is sent:
 * for `provider.require_parameters` one that lacks a field (dropped, or emulated by the gateway), for `strict` one where a
 * field loses something (dropped, or approximated). See docs/adr/0012-receipt-and-strict.md.
 * @param refused what other endpoints were refused for; this one is added, since the client has to hear of all
 * @throws RequestError 400 naming fields, actions and endpoints
 */
export function refuseLosses(
  entries: readonly ReceiptEntry[],
  fields: GatewayFields,
  { provider, upstreamId }: Endpoint,
  refused: LossesByEndpoint,
): void {
  const requires = fields.provider.requireParameters === true;
  if (!fields.strict && !requires) return;
  const losses = entries.filter(
    ({ action }) =>
      action === "dropped" || (fields.strict && action === "approximated") || (requires && action === "emulated"),
  );
  const [first] = losses;
  if (first === undefined) return;
  refused.set(`${provider}/${upstreamId}`, losses);
  const demand = fields.strict ? "strict" : "provider.require_parameters";
  const endpoints = [...refused].slice(0, maxNamed).map(([endpoint, lost]) => `${endpoint} (${describe(lost)})`);
  const more = refused.size > maxNamed ? `; and ${refused.size - maxNamed} more` : "";
  throw new RequestError({
    code: "unsupported_parameter",
    message: `${first.field}: ${demand} leaves out every endpoint that would lose something: ${endpoints.join("; ")}${more}`,
    param: first.field,
  });
}

function describe(losses: readonly ReceiptEntry[]): string {
  const named = losses.slice(0, maxNamed).map(({ action, field, reason }) => `${action} ${field}: ${reason}`);
  return `${named.join(", ")}${losses.length > maxNamed ? ", and more" : ""}`;
}
