import type { Receipt, VendorProfile } from "@onerouter/protocols";
import { isObject, type WireObject } from "@onerouter/protocols/wire/json-object";
import type { GatewayFields } from "./read-gateway-fields.ts";
import { unmetPreferences } from "./read-provider-preferences.ts";

/** Those that are acted on here, whoever the upstream is. */
const met: ReadonlySet<string> = new Set(["provider", "session_id"]);

/** Gives the gateway's fields to an upstream that is a gateway too; for every other one notes those that have no effect. */
export function passGatewayFields(
  { wire }: GatewayFields,
  profile: VendorProfile,
  body: WireObject,
  receipt: Receipt,
): void {
  if (profile.takesGatewayFields === true) {
    Object.assign(body, wire);
    return;
  }
  for (const field in wire) {
    // A web search has become a tool.
    if (met.has(field) || (field === "plugins" && asksForSearchOnly(wire.plugins))) continue;
    receipt.note("dropped", field, "not acted on by this gateway");
  }
  for (const field of unmetPreferences(wire.provider)) {
    receipt.note("dropped", field, "not acted on by this gateway");
  }
}

function asksForSearchOnly(plugins: unknown): boolean {
  return Array.isArray(plugins) && plugins.every((plugin) => isObject(plugin) && plugin.id === "web");
}
