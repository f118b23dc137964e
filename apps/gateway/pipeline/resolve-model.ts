import { kindOf, knownProviders, type Catalogue, type Model, type ModelKind } from "@onerouter/catalog";
import { refuseField, RequestError } from "@onerouter/protocols";
import type { Principal } from "../identity/api-key.ts";
import { readModelName } from "../routing/read-model-name.ts";

/** Whose models are meant; undefined: nobody's in particular, so all of them. */
export type KeyHolder = Pick<Principal, "keyName" | "models"> | undefined;

/** What of the catalogue the key may use. */
export function catalogueOf(holder: KeyHolder, catalogue: Catalogue): Catalogue {
  return holder?.models === undefined ? catalogue : holder.models.of(catalogue);
}

/**
 * @param field the one that names the model
 * @throws RequestError 404; 400 for a model that makes something else
 */
export function resolveModel(
  name: string,
  catalogue: Catalogue,
  holder: KeyHolder,
  kind: ModelKind = "chat",
  field = "model",
): Model {
  const model = catalogue.resolve(name) ?? refuseUnknown(name, catalogue, holder, field);
  if (kindOf(model) !== kind) {
    refuseField(field, kind === "chat" ? "makes embeddings: ask at /v1/embeddings" : "does not make embeddings");
  }
  return model;
}

/** @throws RequestError 403 for a model that the key may not use */
export function checkAllowed(
  model: Model,
  name: string,
  catalogue: Catalogue,
  holder: KeyHolder,
  field = "model",
): void {
  if (!isAllowed(model, catalogue, holder))
    refuseForbidden(`${quote(name)} may not be asked for with this key`, holder, field);
}

export function isAllowed(model: Model, catalogue: Catalogue, holder: KeyHolder): boolean {
  return holder?.models === undefined || holder.models.of(catalogue).resolve(model.id) === model;
}

/** Entries of a list that an error names. */
const mostNamed = 8;

/**
 * @param what cannot be done
 * @throws RequestError 403 that names the key and its models
 */
export function refuseForbidden(what: string, holder: KeyHolder, field: string): never {
  const names = holder?.models?.names ?? [];
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : "";
  const list = names.length === 0 ? "no model at all" : names.slice(0, mostNamed).join(", ") + more;
  throw new RequestError({
    code: "model_not_allowed",
    message: `${field}: ${what}; the API key ${quote(holder?.keyName ?? "")} is restricted to ${list}`,
    param: field,
  });
}

/**
 * A model that is known, and whose providers have no key here, is not the same as one that nobody knows.
 * @throws RequestError 404
 */
export function refuseUnknown(name: string, catalogue: Catalogue, holder: KeyHolder, field = "model"): never {
  const visible = catalogueOf(holder, catalogue);
  const { base } = readModelName(name);
  const inactive = visible.resolveInactive(name) ?? visible.resolveInactive(base);
  // Whose key is for other models is not told where this one is to be had.
  const isTold = inactive !== undefined || holder?.models === undefined;
  const leaving = isTold ? whoLeavesOut(inactive?.id ?? base, catalogue) : undefined;
  const missing = leaving ?? (inactive === undefined ? undefined : describeInactive(inactive));
  const nearest = missing === undefined ? visible.suggest(name) : undefined;
  const hint = nearest === undefined ? "" : `; did you mean ${quote(nearest)}?`;
  throw new RequestError({
    code: "model_not_found",
    message: `${field}: ${quote(name)} ${missing ?? `is not a model here${hint}`}`,
    param: field,
  });
}

/** Providers with a key here that have the model, and what keeps it from being one of those here. */
function whoLeavesOut(name: string, catalogue: Catalogue): string | undefined {
  const isMeant = (id: string): boolean => id === name || id.endsWith(`/${name}`);
  const providers = catalogue.providers().filter(({ leftOut }) => leftOut?.some(isMeant) === true);
  if (providers.length === 0) return undefined;
  const list = providers.map((provider) => provider.name).join(", ");
  return `is a known model, but the configuration leaves it out (include, exclude or models) at the providers that have a key here and offer it: ${list}`;
}

/** Who offers the model, and what would make it one of those here. */
function describeInactive({ endpoints }: Model): string {
  const offers = [...new Set(endpoints.map(({ provider }) => provider))].map((provider) => {
    const known = knownProviders.find(({ id }) => id === provider);
    const needs = known?.auth === undefined ? known?.keyVariable : "auth";
    return { provider, known, text: needs === undefined ? provider : `${provider} (${needs})` };
  });
  const more = offers.length > mostNamed ? ` and ${offers.length - mostNamed} more` : "";
  const list = offers.slice(0, mostNamed).map(({ text }) => text);
  const simplest = offers.find(({ known }) => known !== undefined && known.auth === undefined);
  const example =
    simplest?.known === undefined
      ? ""
      : `, such as ${simplest.provider}: { api_keys: ["\${${simplest.known.keyVariable}}"] }`;
  return `is a known model, but none of the providers that offer it has a key here: ${list.join(", ")}${more}. Add one of them below providers in the configuration${example}`;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
