import { spawn } from "node:child_process";
import { constants } from "node:os";
import { buildConfiguredCatalogue } from "../catalogue/build-configured-catalogue.ts";
import { claudeVariables, describeClaudeSetup, quietClaude, unsetForClaude } from "./claude-variables.ts";
import { loadCliConfig, type CliContext } from "./cli-context.ts";
import { CliError } from "./cli-error.ts";
import { findClaude } from "./find-claude.ts";
import { useLocalKey } from "./local-access.ts";
import { printNotice } from "./print.ts";
import { isServing, serverUrl } from "./reach-server.ts";

/**
 * `onerouter claude`: runs Claude Code through the gateway, with the terminal handed over to it.
 *
 * @returns its exit code.
 */
export async function runClaudeCommand(context: CliContext, args: readonly string[]): Promise<number> {
  const config = await loadCliConfig(context, { withoutCredentials: true });
  const url = serverUrl(context, config);
  if (!(await isServing(url))) {
    throw new CliError(
      "not_running",
      `no OneRouter answers at ${url}; start it first, in another terminal: onerouter serve`,
    );
  }
  const { key } = await useLocalKey(context, config);
  const setup = describeClaudeSetup(
    buildConfiguredCatalogue(config, context.known),
    url,
    key,
    context.env.ANTHROPIC_MODEL,
  );
  if (setup.contextLength === undefined) {
    printNotice(context, `OneRouter knows no context length for ${setup.model}; Claude Code will assume one.`);
  }
  const { [unsetForClaude]: _unset, ...env } = context.env;
  const program = findClaude(context.env.PATH, import.meta.dirname);
  if (program.fetched)
    printNotice(context, "Claude Code is not on PATH; running it through npm, which fetches it once.");
  return await runInForeground(program.file, [...program.args, ...withPermissionMode(args)], {
    ...quietClaude,
    ...env,
    ...claudeVariables(setup),
  });
}

const permissionFlags = [
  "--permission-mode",
  "--dangerously-skip-permissions",
  "--allow-dangerously-skip-permissions",
  "--allowedTools",
  "--allowed-tools",
  "--disallowedTools",
  "--disallowed-tools",
  "--permission-prompt-tool",
];

/**
 * Print mode cannot ask whether a file may be written and would refuse what was asked for, so it may edit files unless
 * the caller says something about permissions.
 */
export function withPermissionMode(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  const options = end === -1 ? args : args.slice(0, end);
  const prints = options.some((arg) => arg === "-p" || arg === "--print");
  const says = options.some((arg) => permissionFlags.some((flag) => arg === flag || arg.startsWith(`${flag}=`)));
  return prints && !says ? ["--permission-mode", "acceptEdits", ...args] : args;
}

/** Waits for a program that has the terminal. @returns its exit code, 128 + n after signal n. */
function runInForeground(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: "inherit", env });
    const forward = (signal: NodeJS.Signals): void => {
      // Ctrl-C reaches every process on the terminal; passing it on would count it twice.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    for (const signal of signals) process.on(signal, forward);
    const end = (): void => {
      for (const signal of signals) process.off(signal, forward);
    };
    child.on("error", (error) => {
      end();
      reject(new CliError("claude_failed", `Claude Code could not be started: ${error.message}`));
    });
    child.on("exit", (code, signal) => {
      end();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
