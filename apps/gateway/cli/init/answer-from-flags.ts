import { protocolNames } from "@onerouter/protocols/model/protocol";
import { CliError } from "../cli-error.ts";
import type { InitAnswers, InitFlags } from "./init-answers.ts";
import { providerPresets, type ModelPreset, type ProviderPreset } from "./provider-presets.ts";

/**
 * Answers every question from the flags and, for a known provider, its preset.
 *
 * @throws CliError naming the flags that are still needed.
 */
export function answerFromFlags(flags: InitFlags): InitAnswers {
  const preset = providerPresets.find(({ name }) => name === flags.provider);
  const { provider } = flags;
  const protocol = flags.protocol ?? preset?.protocol;
  const baseUrl = flags.baseUrl ?? preset?.baseUrl;
  const keyVariable = flags.keyVariable ?? preset?.keyVariable;
  const model = modelFromFlags(flags, preset);
  if (!provider || !protocol || !baseUrl || !keyVariable || !model) {
    const missing = Object.entries({
      "--provider": provider,
      "--protocol": protocol,
      "--base-url": baseUrl,
      "--key-variable": keyVariable,
      "--model": model,
    }).flatMap(([flag, value]) => (value === undefined || value === "" ? [flag] : []));
    throw new CliError("usage", `init cannot ask here; it still needs ${missing.join(", ")}`);
  }
  const knownProtocol = protocolNames.find((name) => name === protocol);
  if (knownProtocol === undefined) throw new CliError("usage", `--protocol takes ${protocolNames.join(", ")}`);
  const complaint = checkVariableName(keyVariable);
  if (complaint !== undefined) throw new CliError("usage", `--key-variable ${complaint}`);
  return { provider, protocol: knownProtocol, baseUrl, keyVariable, model };
}

/** The preset's facts hold for the preset's model only. */
export function modelFromFlags(flags: InitFlags, preset: ProviderPreset | undefined): ModelPreset | undefined {
  const known = preset?.model;
  const id = flags.model ?? known?.id;
  if (id === undefined || id === "") return undefined;
  const base: ModelPreset =
    known !== undefined && (known.id === id || known.alias === id)
      ? known
      : { id, upstreamId: id.slice(id.lastIndexOf("/") + 1) };
  return {
    ...base,
    upstreamId: flags.upstreamId ?? base.upstreamId,
    alias: flags.alias ?? base.alias,
    contextLength: flags.contextLength ?? base.contextLength,
    maxOutputTokens: flags.maxOutputTokens ?? base.maxOutputTokens,
  };
}

/** A key pasted where its variable's name belongs must not end up in a file. @returns what is wrong. */
export function checkVariableName(text: string): string | undefined {
  return /^[A-Za-z_]\w*$/.test(text) && !/^sk[-_]/i.test(text)
    ? undefined
    : "is the name of an environment variable, such as MOONSHOT_API_KEY, never the key itself";
}
