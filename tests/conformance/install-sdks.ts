import { fileURLToPath } from "node:url";
import { installPackages } from "../install-packages.ts";

/** Installs the pinned SDKs unless they are there; vitest calls it before the first test of this folder. */
export function setup(): void {
  installPackages(import.meta.dirname, ["--ignore-scripts"]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setup();
