import { protocolNames } from "@onerouter/protocols/model/protocol";
import { CliError } from "../cli-error.ts";
import {
  knownProviderOf,
  proposedProviders,
  type InitAnswers,
  type InitFlags,
  type InitModel,
} from "./init-answers.ts";

/**
 * Answers every question from the flags and, for a known provider, the catalogue.
 *
 * @param knownModels public ids that the catalogue has for a provider
 * @throws CliError naming the flags that are still needed.
 */
export function answerFromFlags(flags: InitFlags, knownModels: (provider: string) => ReadonlySet<string>): InitAnswers {
  const { provider } = flags;
  const known = knownProviderOf(flags);
  const keyVariable = flags.keyVariable ?? proposedProviders.find(({ id }) => id === provider)?.keyVariable;
  const needed = {
    "--provider": provider,
    ...(known === undefined ? { "--protocol": flags.protocol, "--base-url": flags.baseUrl } : {}),
    "--key-variable": keyVariable,
    ...(known === undefined ? { "--model": flags.model } : {}),
  };
  const missing = Object.entries(needed).flatMap(([flag, value]) =>
    value === undefined || value === "" ? [flag] : [],
  );
  if (!provider || !keyVariable || missing.length > 0) {
    throw new CliError("usage", `init cannot ask here; it still needs ${missing.join(", ")}`);
  }
  const complaint = checkVariableName(keyVariable);
  if (complaint !== undefined) throw new CliError("usage", `--key-variable ${complaint}`);
  const answers: InitAnswers = { provider, keyVariable };
  if (known === undefined) {
    answers.protocol = protocolNames.find((name) => name === flags.protocol);
    if (answers.protocol === undefined) throw new CliError("usage", `--protocol takes ${protocolNames.join(", ")}`);
    answers.baseUrl = flags.baseUrl;
  }
  const isKnown = known !== undefined && knownModels(known.id).has(flags.model ?? "");
  const model = modelFromFlags(flags, isKnown);
  if (model !== undefined) answers.model = model;
  return answers;
}

/** @param isKnown the catalogue has what the flags leave open */
function modelFromFlags(flags: InitFlags, isKnown: boolean): InitModel | undefined {
  const { model: id, alias, contextLength, maxOutputTokens } = flags;
  if (id === undefined || id === "") return undefined;
  const upstreamId = flags.upstreamId ?? (isKnown ? undefined : proposeUpstreamId(id));
  return { id, upstreamId, alias, contextLength, maxOutputTokens };
}

/** Makers call their own models by what follows the author. */
export function proposeUpstreamId(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}

/** A key pasted where its variable's name belongs must not end up in a file. @returns what is wrong. */
export function checkVariableName(text: string): string | undefined {
  return /^[A-Za-z_]\w*$/.test(text) && !/^sk[-_]/i.test(text)
    ? undefined
    : "is the name of an environment variable, such as MOONSHOT_API_KEY, never the key itself";
}
