import { matchesAny, nearestName, type Catalogue } from "@onerouter/catalog";
import { buildConfiguredCatalogue } from "../catalogue/build-configured-catalogue.ts";
import type { Config } from "../config/config.ts";
import type { KeySettings } from "../identity/api-key.ts";
import { autoModel } from "../routing/choose-model.ts";
import type { CliContext } from "./cli-context.ts";
import { CliError } from "./cli-error.ts";
import { printNotice } from "./print.ts";

/** The flags that set something for a key. */
export interface KeySettingFlags {
  models?: readonly string[];
  allModels?: boolean;
  resume?: string;
}

/** Entries of a key's list. */
const mostNames = 100;

/**
 * What the flags set, and nothing of what they leave open. A model that cannot be asked for yet is told of on stderr.
 * @throws CliError for a model that nobody knows, naming the nearest
 */
export function readKeySettings(flags: KeySettingFlags, context: CliContext, config: Config): Partial<KeySettings> {
  const settings: Partial<KeySettings> = {};
  if (flags.models !== undefined) {
    if (flags.allModels === true) throw new CliError("usage", "--models and --all-models exclude each other");
    settings.models = readModels(flags.models, context, buildConfiguredCatalogue(config, context.known));
  } else if (flags.allModels === true) settings.models = null;
  if (flags.resume !== undefined) settings.resume = readResume(flags.resume);
  return settings;
}

/** Names may be parted by commas, too. `*` alone restricts nothing. */
function readModels(flags: readonly string[], context: CliContext, catalogue: Catalogue): string[] | null {
  const given = flags.flatMap((flag) => flag.split(",")).map((name) => name.trim());
  const names = new Set(given.filter((name) => name !== "").map((name) => readModel(name, context, catalogue)));
  if (names.size === 0) throw new CliError("usage", "--models must name a model");
  if (names.size > mostNames) throw new CliError("usage", `--models takes ${mostNames} names, not ${names.size}`);
  return names.has("*") ? null : [...names];
}

/** @returns an alias or a pattern as it is, any other name as the id of its model */
function readModel(name: string, context: CliContext, catalogue: Catalogue): string {
  if (name === autoModel) {
    throw new CliError("usage", `--models: ${autoModel} is not a model; it chooses among those that the key may use`);
  }
  const patterns = name.includes("*") ? [name] : [];
  const active = catalogue.resolve(name);
  if (active !== undefined) return catalogue.aliasesOf(active.id).includes(name) ? name : active.id;
  if (catalogue.models().some(({ id }) => matchesAny(id, patterns))) return name;
  const inactive = catalogue.resolveInactive(name);
  if (inactive === undefined && !catalogue.inactiveModels().some(({ id }) => matchesAny(id, patterns))) {
    const nearest = findNearest(name, catalogue);
    const hint = nearest === undefined ? "onerouter models --known lists all" : `did you mean ${nearest}?`;
    throw new CliError("unknown_model", `--models: ${name} is no model and no alias here, and matches none; ${hint}`);
  }
  printNotice(context, `${name}: no provider with a key offers it yet; the key has it as soon as one does.`);
  return inactive?.id ?? name;
}

/** Of names that can be asked for, else of those that are known; for a pattern the authors, as patterns. */
function findNearest(name: string, catalogue: Catalogue): string | undefined {
  const known = catalogue.inactiveModels().map(({ id }) => id);
  if (!name.includes("*")) return catalogue.suggest(name) ?? nearestName(name, known);
  const ids = [...catalogue.models().map(({ id }) => id), ...known];
  return nearestName(name, new Set(ids.filter((id) => id.includes("/")).map((id) => `${id.split("/")[0] ?? ""}/*`)));
}

function readResume(word: string): boolean | null {
  if (word === "on") return true;
  if (word === "off") return false;
  if (word === "default") return null;
  throw new CliError("usage", `--resume takes on, off or default, not ${word}`);
}
