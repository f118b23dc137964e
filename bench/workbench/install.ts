import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Installs the bench's own dependencies once. They are no part of the product, so the root lock file does not know them. */
export function ensureInstalled(benchFolder: string, say: (line: string) => void): void {
  if (existsSync(join(benchFolder, "node_modules", ".package-lock.json"))) return;
  say("installing the bench's own dependencies (peers and load generator) ...");
  // npm needs its user's configuration, so it is the one process that gets the whole environment. No package's scripts run.
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts"], { cwd: benchFolder, stdio: "inherit" });
  if (status !== 0) throw new Error("npm ci failed in bench/");
}
