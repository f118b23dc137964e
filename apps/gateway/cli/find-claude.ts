import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";

/** A program and the arguments that come before the user's. */
export interface Program {
  file: string;
  args: readonly string[];
  /** True if it has to be fetched first. */
  fetched: boolean;
}

/** The newest version this gateway is tested with. */
const claudePackage = "@anthropic-ai/claude-code@2.1.330";

/**
 * Claude Code, wherever it is: on PATH, in the repository's own tests, else by npm.
 *
 * @param here a folder of this program. The node_modules/.bin that holds `onerouter` itself is passed over: npm puts it
 * first on PATH, and a tool installed beside us for tests must not hide the user's own.
 */
export function findClaude(path: string | undefined, here: string): Program {
  for (const folder of (path ?? "").split(delimiter)) {
    if (folder === "" || isOwnBin(folder, here)) continue;
    const file = join(folder, "claude");
    if (isExecutable(file)) return { file, args: [], fetched: false };
  }
  for (let folder = here; dirname(folder) !== folder; folder = dirname(folder)) {
    const file = join(folder, "tests", "clients", "node_modules", ".bin", "claude");
    if (isExecutable(file)) return { file, args: [], fetched: false };
  }
  return { file: "npm", args: ["exec", "--yes", "--", claudePackage], fetched: true };
}

function isOwnBin(folder: string, here: string): boolean {
  if (basename(folder) !== ".bin") return false;
  try {
    return dirname(dirname(realpathSync(join(folder, "onerouter")))) === dirname(here);
  } catch {
    return false;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
