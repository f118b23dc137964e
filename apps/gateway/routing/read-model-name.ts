import type { RoutingWishes } from "./routing-wishes.ts";

/** What the end of a model's name asks for (https://openrouter.ai/docs/guides/routing/model-variants). */
export type ModelSuffix = "floor" | "nitro" | "exacto" | "free" | "thinking" | "extended";

const wishesOf: Readonly<Record<ModelSuffix, RoutingWishes>> = {
  floor: { sort: "price" },
  nitro: { sort: "throughput" },
  exacto: { sort: "exacto" },
  free: { free: true },
  extended: { longestContext: true },
  /** A wish about the request, not the endpoint. */
  thinking: {},
};

export interface ModelName {
  /** Without the suffixes. */
  base: string;
  suffixes: ModelSuffix[];
}

/** `author/model:free:nitro` is `author/model` with two wishes. What is none of the known suffixes belongs to the name. */
export function readModelName(name: string): ModelName {
  const suffixes: ModelSuffix[] = [];
  let base = name;
  for (;;) {
    const colon = base.lastIndexOf(":");
    const suffix = colon === -1 ? "" : base.slice(colon + 1);
    if (!isSuffix(suffix)) return { base, suffixes };
    suffixes.unshift(suffix);
    base = base.slice(0, colon);
  }
}

/** A wish in the request's own fields is stronger than one in the name. */
export function addSuffixes(wishes: RoutingWishes, suffixes: readonly ModelSuffix[]): RoutingWishes {
  return suffixes.length === 0 ? wishes : Object.assign({}, ...suffixes.map((suffix) => wishesOf[suffix]), wishes);
}

function isSuffix(text: string): text is ModelSuffix {
  return Object.hasOwn(wishesOf, text);
}
