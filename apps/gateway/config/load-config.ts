import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createKnownModels, type KnownModels } from "../catalogue/known-models.ts";
import { checkMeaning } from "./check-meaning.ts";
import { checkShape } from "./check-shape.ts";
import { ConfigError, formatPath, type ConfigPath, type ConfigProblem } from "./config-error.ts";
import { completeConfig } from "./complete-config.ts";
import type { Config } from "./config.ts";
import { expandVariables, type Environment } from "./expand-variables.ts";
import { fillKnownProviders } from "./fill-known-providers.ts";
import { parseYaml } from "./parse-yaml.ts";

export interface LoadOptions {
  /**
   * True lets a variable named in `api_keys`, `auth`, `headers` or `web_search.api_key` be unset and leaves its `${VAR}` standing: for the commands that
   * never speak to a provider and run in a shell that need not know its keys.
   */
  withoutCredentials?: boolean;
  /** What aliases may lead to beside the models that are stated; default what came with this version. */
  known?: KnownModels;
}

/**
 * Reads, expands and checks a configuration file.
 *
 *     const config = await loadConfig("onerouter.yaml", process.env);
 *
 * @param env read only where the file names a variable: `${VAR}`.
 * @throws ConfigError with every problem found.
 */
export async function loadConfig(file: string, env: Environment, options: LoadOptions = {}): Promise<Config> {
  return parseConfig(file, await readConfigFile(file), env, options);
}

/** @throws ConfigError if the file cannot be read. */
export async function readConfigFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    const message = code === "ENOENT" ? "there is no such file" : `the file cannot be read (${code})`;
    throw new ConfigError(file, [{ path: "", message }]);
  }
}

/** loadConfig for text that is already read; `file` is only named in errors. */
export function parseConfig(file: string, text: string, env: Environment, options: LoadOptions = {}): Config {
  const yaml = parseYaml(file, text);
  const problems: ConfigProblem[] = [];
  const report = (path: ConfigPath, message: string): void => {
    problems.push({ path: formatPath(path), message, line: yaml.lineOf(path) });
  };
  const expanded = expandVariables(yaml.value, env, (path, message) => {
    if (options.withoutCredentials !== true || !isCredential(path)) report(path, message);
  });
  const config = checkShape(fillKnownProviders(expanded), report);
  if (config !== undefined) checkMeaning(config, options.known ?? createKnownModels(), report);
  if (config === undefined || problems.length > 0) throw new ConfigError(file, problems);
  return completeConfig(config, dirname(file));
}

function isCredential([section, second, field]: ConfigPath): boolean {
  if (section === "web_search") return second === "api_key";
  return section === "providers" && (field === "api_keys" || field === "headers" || field === "auth");
}
