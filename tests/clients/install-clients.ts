import { execFileSync } from "node:child_process";
import { installPackages } from "../install-packages.ts";
import { claudeVersions } from "./harness/places.ts";

/** Installs the pinned clients unless they are there; vitest calls it before the first test. */
export function setup(): void {
  installPackages(import.meta.dirname);
  for (const [version, file] of Object.entries(claudeVersions)) {
    // Their binary is put in place by an install script, which npm can be told not to run.
    const found = execFileSync(file, ["--version"], { env: { HOME: "/nonexistent" }, encoding: "utf8" });
    if (!found.startsWith(version)) throw new Error(`${file} is version ${found.trim()}, not ${version}`);
  }
}
