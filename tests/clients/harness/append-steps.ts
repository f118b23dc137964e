import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { clientFolders } from "./run-claude.ts";

const file = "steps.txt";

/** A prompt of N tool calls that leave a trace: one that is lost, repeated or out of order shows in the file. */
export function promptForSteps(steps: number): string {
  return numbers(steps)
    .map((step) => `run echo ${step} | tee -a ${file}`)
    .join(", then ");
}

/** What the client's tools have done in its working folder. */
export function stepsDone(folder: string): number[] {
  const path = join(clientFolders(folder).work, file);
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8").trim().split("\n").map(Number);
}

/** 1 to N. */
export function numbers(to: number): number[] {
  return Array.from({ length: to }, (_, index) => index + 1);
}
