import type { Catalogue } from "./build-catalogue.ts";
import type { Model } from "./endpoint.ts";
import { matchesAny } from "./match-models.ts";
import { nearestName } from "./nearest-name.ts";

/**
 * The part of a catalogue that somebody may use: a model that is not named is not there, under none of its names. Providers are
 * those of the whole.
 *
 *     narrowCatalogue(catalogue, ["moonshotai/*", "sonnet"])
 *
 * @param names what `resolve` takes, each for the model that it leads to in this catalogue, and patterns of ids with `*`. A name
 *   that leads nowhere is no model.
 */
export function narrowCatalogue(catalogue: Catalogue, names: readonly string[]): Catalogue {
  const patterns = names.filter((name) => name.includes("*"));
  const choose = (models: readonly Model[], resolve: Catalogue["resolve"]): ReadonlySet<Model> => {
    const named = new Set(names.map(resolve));
    return new Set(models.filter((model) => named.has(model) || matchesAny(model.id, patterns)));
  };
  const active = choose(catalogue.models(), catalogue.resolve);
  const models = [...active];
  let unused: ReadonlySet<Model> | undefined;
  const inactive = (): ReadonlySet<Model> => (unused ??= choose(catalogue.inactiveModels(), catalogue.resolveInactive));
  const within = (chosen: ReadonlySet<Model>, model: Model | undefined): Model | undefined =>
    model !== undefined && chosen.has(model) ? model : undefined;
  return {
    resolve: (name) => within(active, catalogue.resolve(name)),
    providers: () => catalogue.providers(),
    models: () => models,
    inactiveModels: () => [...inactive()],
    resolveInactive: (name) => within(inactive(), catalogue.resolveInactive(name)),
    aliasesOf: (id) => catalogue.aliasesOf(id),
    suggest: (name) =>
      nearestName(
        name,
        models.flatMap(({ id }) => [id, ...catalogue.aliasesOf(id)]),
      ),
  };
}
