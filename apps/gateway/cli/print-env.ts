import { buildConfiguredCatalogue } from "../catalogue/build-configured-catalogue.ts";
import { claudeVariables, describeClaudeSetup, quietClaude, unsetForClaude } from "./claude-variables.ts";
import { loadCliConfig, type CliContext } from "./cli-context.ts";
import { CliError } from "./cli-error.ts";
import { useLocalKey } from "./local-access.ts";
import { printNotice, printResult } from "./print.ts";
import { isServing, serverUrl } from "./reach-server.ts";

export type Shell = "sh" | "fish" | "powershell";

export const shells: readonly Shell[] = ["sh", "fish", "powershell"];

/** `onerouter env`: what `onerouter claude` would set, for the shell to evaluate. */
export async function printEnvCommand(context: CliContext, options: { shell: string }): Promise<void> {
  const shell = shells.find((known) => known === options.shell);
  if (shell === undefined) throw new CliError("usage", `--shell takes ${shells.join(", ")}`);
  const config = await loadCliConfig(context, { withoutCredentials: true });
  const url = serverUrl(context, config);
  const { key } = await useLocalKey(context, config);
  const setup = describeClaudeSetup(
    buildConfiguredCatalogue(config, context.known),
    url,
    key,
    context.env.ANTHROPIC_MODEL,
  );
  const variables = { ...claudeVariables(setup), ...quietClaude };
  if (!(await isServing(url))) printNotice(context, `No OneRouter answers at ${url}; start it with: onerouter serve`);
  printResult(context, variables, formatExports(variables, shell));
}

/** Lines that set the variables in a shell and unset the one that would get in their way. */
export function formatExports(variables: Readonly<Record<string, string>>, shell: Shell): string {
  const lines = Object.entries(variables).map(([name, value]) => {
    if (shell === "fish") return `set -gx ${name} ${quoteFish(value)}`;
    if (shell === "powershell") return `$env:${name} = '${value.replaceAll("'", "''")}'`;
    return `export ${name}=${quoteSh(value)}`;
  });
  return [unsetLine(shell), ...lines].join("\n");
}

function unsetLine(shell: Shell): string {
  if (shell === "fish") return `set -e ${unsetForClaude}`;
  return shell === "powershell"
    ? `Remove-Item Env:${unsetForClaude} -ErrorAction SilentlyContinue`
    : `unset ${unsetForClaude}`;
}

function quoteSh(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

function quoteFish(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
