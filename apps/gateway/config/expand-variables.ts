import type { ConfigPath } from "./config-error.ts";

/** The environment that `${VAR}` is taken from; nothing else of it is ever read. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Replaces `${VAR}` in every string value. Keys, numbers and everything not written as `${VAR}` stay; `$${` is a literal
 * `${`.
 *
 * @param report called for a variable that is not set or a `${` that is no variable.
 */
export function expandVariables(
  value: unknown,
  env: Environment,
  report: (path: ConfigPath, message: string) => void,
  path: ConfigPath = [],
): unknown {
  if (typeof value === "string") return expandString(value, env, (message) => report(path, message));
  if (Array.isArray(value)) return value.map((item, index) => expandVariables(item, env, report, [...path, index]));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, expandVariables(item, env, report, [...path, key])]),
  );
}

const reference = /\$\$\{|\$\{([^}]*)\}?/g;

function expandString(text: string, env: Environment, report: (message: string) => void): string {
  return text.replace(reference, (written: string, variable: string | undefined) => {
    if (written === "$${") return "${";
    if (variable === undefined || !written.endsWith("}") || !/^[A-Za-z_]\w*$/.test(variable)) {
      report("has a `${` that names no variable; write `$${` for a literal `${`");
      return written;
    }
    const value = Object.hasOwn(env, variable) ? env[variable] : undefined;
    if (value === undefined) report(`the environment variable ${variable} is not set`);
    return value ?? written;
  });
}
