import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Where the programs under test lie. */
export const repository = join(import.meta.dirname, "..", "..", "..");
const ownBin = join(repository, "node_modules", ".bin");
export const onerouter = join(ownBin, "onerouter");

const installed = join(import.meta.dirname, "..", "node_modules");

/** Both versions that people get: npm picks the old one on Node 20, and they differ in what they send and forgive. */
export const claudeVersions = {
  "2.1.197": join(installed, "claude-code-2-1-197", "bin", "claude.exe"),
  "2.1.330": join(installed, ".bin", "claude"),
} as const;

export const codex = join(installed, ".bin", "codex");
export const opencode = join(installed, ".bin", "opencode");

export type ClaudeVersion = keyof typeof claudeVersions;

/** PATH of every process started here: our Node first, and no Claude Code of the machine's that could be taken for ours. */
export const searchPath = [
  ownBin,
  ...(process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "" && !existsSync(join(folder, "claude"))),
].join(delimiter);
