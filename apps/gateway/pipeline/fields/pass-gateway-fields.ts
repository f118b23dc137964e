import type { Receipt, VendorProfile } from "@onerouter/protocols";
import { isObject, type WireObject } from "@onerouter/protocols/wire/json-object";
import type { GatewayFields } from "./read-gateway-fields.ts";
import { unmetPreferences } from "./read-provider-preferences.ts";

/** Those that are acted on here, whoever the upstream is. */
const met: ReadonlySet<string> = new Set([
  "provider",
  "session_id",
  "models",
  "fallback_models",
  "fallback_rules",
  "fallbacks",
  "route",
]);
/** What the gateway itself does with models of its own; another gateway would choose among models that nobody asked for here. */
const own: ReadonlySet<string> = new Set(["models", "fallback_models", "fallback_rules", "fallbacks", "route"]);
/** Lists of names, of providers here or there. */
const lists = ["order", "only", "ignore"];

/** Gives the gateway's fields to an upstream that is a gateway too; for every other one notes those that have no effect. */
export function passGatewayFields(
  { wire }: GatewayFields,
  isProvider: (name: string) => boolean,
  profile: VendorProfile,
  body: WireObject,
  receipt: Receipt,
): void {
  if (profile.takesGatewayFields === true) {
    for (const [field, value] of Object.entries(wire)) if (!own.has(field)) body[field] = value;
    if (isObject(wire.provider)) body.provider = withoutOwnNames(wire.provider, isProvider);
    return;
  }
  for (const field in wire) {
    // A web search has become a tool.
    if (met.has(field) || (field === "plugins" && asksForSearchOnly(wire.plugins))) continue;
    receipt.note("dropped", field, "not acted on by this gateway");
  }
  noteFallbackFields(wire, receipt);
  for (const field of unmetPreferences(wire.provider)) {
    receipt.note("dropped", field, "not acted on by this gateway");
  }
}

/** Names of providers here mean nothing to another gateway, which would find no endpoint. */
function withoutOwnNames(provider: WireObject, isProvider: (name: string) => boolean): WireObject {
  const rest = { ...provider };
  for (const list of lists) {
    const names = rest[list];
    if (!Array.isArray(names)) continue;
    const theirs: unknown[] = names.filter((name) => typeof name === "string" && !isProvider(name));
    if (theirs.length === 0) delete rest[list];
    else rest[list] = theirs;
  }
  return rest;
}

/** Messages: what a fallback says beside its model, and a word in place of a list. */
function noteFallbackFields({ fallbacks }: WireObject, receipt: Receipt): void {
  if (typeof fallbacks === "string") receipt.note("dropped", "fallbacks", "a list of models is understood");
  if (!Array.isArray(fallbacks)) return;
  for (const [at, fallback] of fallbacks.entries()) {
    if (!isObject(fallback)) continue;
    for (const field of Object.keys(fallback)) {
      if (field !== "model")
        receipt.note("dropped", `fallbacks[${at}].${field}`, "a fallback is asked what the model was");
    }
  }
}

function asksForSearchOnly(plugins: unknown): boolean {
  return Array.isArray(plugins) && plugins.every((plugin) => isObject(plugin) && plugin.id === "web");
}
