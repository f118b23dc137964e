import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";

/** What a reader needs to know about the machine before believing a number. */
export type MachineFacts = {
  cores: number;
  processor: string;
  memoryGb: number;
  system: string;
  node: string;
  go: string | undefined;
  loadAverage: number;
};

/** Reads the facts; the load average is the one before this run adds its own. */
export function readMachineFacts(): MachineFacts {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? "unknown",
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
    go: readGoVersion(),
    loadAverage: loadavg()[0] ?? 0,
  };
}

function readGoVersion(): string | undefined {
  try {
    return execFileSync("go", ["env", "GOVERSION"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}
