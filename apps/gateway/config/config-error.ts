/** A place in the configuration, as keys from the top. */
export type ConfigPath = ReadonlyArray<string | number>;

/** One thing wrong with a configuration. */
export interface ConfigProblem {
  /** `providers.moonshot.base_url`; empty for the file as a whole. */
  path: string;
  /** A plain sentence that holds no value from the file: values may be credentials. */
  message: string;
  /** Line in the file, from 1. */
  line?: number;
}

/** A configuration that cannot be used, with everything wrong with it at once. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly file: string;
  readonly problems: readonly ConfigProblem[];
  constructor(file: string, problems: readonly ConfigProblem[]) {
    super([`${file} cannot be used:`, ...problems.map(describeProblem)].join("\n"));
    this.file = file;
    this.problems = problems;
  }
}

function describeProblem({ path, message, line }: ConfigProblem): string {
  const place = [line === undefined ? "" : `line ${line}`, path].filter((part) => part !== "").join(", ");
  return place === "" ? `  ${message}` : `  ${place}: ${message}`;
}

/** `["providers", "a", "api_keys", 0]` -> `providers.a.api_keys[0]`; keys with dots or spaces are quoted. */
export function formatPath(path: ConfigPath): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else if (/^[^\s.[\]"]+$/.test(key)) text += text === "" ? key : `.${key}`;
    else text += `[${JSON.stringify(key)}]`;
  }
  return text;
}
