import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What npm may need to know of its surroundings; nothing else of the environment reaches it. */
const passedOn = /^(PATH|HOME|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|(npm_config_.*)|(https?|no)_proxy)$/i;

/**
 * Installs the pinned packages of a test folder that is no workspace, unless they are there.
 *
 * @param folder holds package.json and package-lock.json.
 * @throws where npm fails.
 */
export function installPackages(folder: string, npmOptions: readonly string[] = []): void {
  if (isInstalled(folder)) return;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => passedOn.test(name)));
  const { status } = spawnSync("npm", ["ci", ...npmOptions], { cwd: folder, env, stdio: "inherit" });
  if (status !== 0) throw new Error(`npm ci in ${folder} failed`);
}

/** Compares the lock with the one that npm leaves in node_modules when it is done. */
function isInstalled(folder: string): boolean {
  const done = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(done)) return false;
  const installed = readLock(done);
  return [...readLock(join(folder, "package-lock.json"))].every(([path, mark]) => installed.get(path) === mark);
}

/** Package folder -> what identifies its content. Optional packages may be for other systems. */
function readLock(file: string): Map<string, string> {
  const { packages } = JSON.parse(readFileSync(file, "utf8")) as {
    packages: Record<string, { version?: string; integrity?: string; optional?: boolean }>;
  };
  const entries = Object.entries(packages).filter(([path, { optional }]) => path !== "" && optional !== true);
  return new Map(entries.map(([path, { version, integrity }]) => [path, `${version} ${integrity}`]));
}
