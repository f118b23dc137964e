import { hash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { releasedAt, type Catalogue, type Model } from "@onerouter/catalog";
import { describeModel } from "./describe-model.ts";

/** One name in the list: what filters look at, and the text that is sent. */
export interface ListedModel {
  id: string;
  model: Model;
  name: string;
  parameters: readonly string[];
  inputs: readonly string[];
  outputs: readonly string[];
  contextLength: number | undefined;
  /** Unix seconds; 0: unknown. */
  created: number;
  json: string;
}

export interface ModelList {
  models: readonly ListedModel[];
  /** Changes when anything in the list does. */
  tag: string;
}

/** The list of a catalogue, written once. */
export interface ModelLists {
  active(): Promise<ModelList>;
  /** Also models that cannot be asked for because their providers have no key. */
  all(): Promise<ModelList>;
}

/** Keeps the lists of the configuration in use; those of one that is gone go with it. */
export function createModelLists(): (catalogue: Catalogue) => ModelLists {
  const known = new WeakMap<Catalogue, ModelLists>();
  return (catalogue) => {
    let lists = known.get(catalogue);
    if (lists === undefined) known.set(catalogue, (lists = listsOf(catalogue)));
    return lists;
  };
}

function listsOf(catalogue: Catalogue): ModelLists {
  let active: Promise<ModelList> | undefined;
  let all: Promise<ModelList> | undefined;
  const readActive = (): Promise<ModelList> => (active ??= write(namesOf(catalogue, catalogue.models()), true));
  async function readAll(): Promise<ModelList> {
    const { models } = await readActive();
    const others = await write(namesOf(catalogue, catalogue.inactiveModels()), false);
    return withTag([...models, ...others.models]);
  }
  return { active: readActive, all: () => (all ??= readAll()) };
}

/** Models under their own id and under every alias. */
export function namesOf(catalogue: Catalogue, models: readonly Model[]): Array<[id: string, model: Model]> {
  return models.flatMap((model) =>
    [model.id, ...catalogue.aliasesOf(model.id)].map((id): [string, Model] => [id, model]),
  );
}

/** After so many models others have their turn: an answer that is streaming must not wait for hundreds of them. */
const atOnce = 16;

async function write(names: ReadonlyArray<[string, Model]>, isActive: boolean): Promise<ModelList> {
  const models: ListedModel[] = [];
  for (const [id, model] of names) {
    if (models.length % atOnce === atOnce - 1) await setImmediate();
    models.push(writeModel(id, model, isActive));
  }
  return withTag(models);
}

function withTag(models: readonly ListedModel[]): ModelList {
  return { models, tag: hash("sha256", models.map(({ json }) => json).join("\n"), "base64url").slice(0, 22) };
}

function writeModel(id: string, model: Model, isActive: boolean): ListedModel {
  const described = describeModel(id, model);
  const { name, supported_parameters, architecture, context_length } = described as unknown as Described;
  return {
    id,
    model,
    name,
    parameters: supported_parameters,
    inputs: architecture.input_modalities,
    outputs: architecture.output_modalities,
    contextLength: context_length ?? undefined,
    created: releasedAt(model) ?? 0,
    json: JSON.stringify(isActive ? described : { ...described, active: false }),
  };
}

/** The part of a description that filters look at. */
interface Described {
  name: string;
  supported_parameters: string[];
  architecture: { input_modalities: string[]; output_modalities: string[] };
  context_length: number | null;
}
