import { narrowCatalogue, type Catalogue } from "@onerouter/catalog";

/** The models that a key may ask for. */
export interface AllowedModels {
  /** As they were set: ids, aliases, patterns of ids. */
  readonly names: readonly string[];
  /** What the key sees of a catalogue. Worked out once for each, however many requests come with the key. */
  of(catalogue: Catalogue): Catalogue;
}

export function createAllowedModels(names: readonly string[]): AllowedModels {
  const known = new WeakMap<Catalogue, Catalogue>();
  return {
    names,
    of(catalogue) {
      let part = known.get(catalogue);
      if (part === undefined) known.set(catalogue, (part = narrowCatalogue(catalogue, names)));
      return part;
    },
  };
}
