import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { FaultRule, RecordedRequest } from "@onerouter/mock-upstream";
import { newFolder } from "./client-environment.ts";
import { repository, searchPath } from "./places.ts";
import { readJsonLines } from "./read-json-lines.ts";
import { startProgram } from "./start-program.ts";

export type ProviderRequest = Omit<RecordedRequest, "body" | "headers">;

/** A mock upstream in a process of its own, which can be killed like one. */
export interface Provider {
  url: string;
  /** What it has printed of its requests so far, in the order in which they came; it survives the process. */
  requests(): ProviderRequest[];
  setFaults(rules: FaultRule[]): Promise<void>;
  end(signal: NodeJS.Signals): Promise<void>;
}

const program = join(repository, "packages", "mock-upstream", "main.ts");

/** @param options.seed of its vendor: those that share it think alike */
export async function startProvider({ seed, instance }: { seed: string; instance: string }): Promise<Provider> {
  const folder = newFolder("provider");
  const { child, output, end } = startProgram("node", [program, "--seed", seed, "--instance", instance, "--log"], {
    cwd: folder,
    env: { HOME: folder, PATH: searchPath },
  });
  while (!output.stdout.includes("\n")) {
    if (child.exitCode !== null) throw new Error(`the provider ended: ${output.stderr}`);
    await Promise.race([once(child.stdout ?? child, "data"), once(child, "close")]);
  }
  const [{ url } = { url: "" }] = readJsonLines<{ url: string }>(output.stdout);
  return {
    url,
    requests() {
      // The last line may not be whole.
      const whole = output.stdout.slice(0, output.stdout.lastIndexOf("\n"));
      return mergeLines(readJsonLines<ProviderRequest>(whole).slice(1));
    },
    async setFaults(rules) {
      const answer = await fetch(`${url}/__mock/faults`, { method: "POST", body: JSON.stringify(rules) });
      if (!answer.ok) throw new Error(`the provider refuses its faults: ${await answer.text()}`);
    },
    async end(signal) {
      await end(signal);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A request is printed when it arrives, and again when it is over. */
function mergeLines(lines: ProviderRequest[]): ProviderRequest[] {
  const requests: ProviderRequest[] = [];
  for (const line of lines) {
    const open = requests.findIndex((one) => !one.finished && one.at === line.at && one.bytes === line.bytes);
    if (line.finished && open >= 0) requests[open] = line;
    else requests.push(line);
  }
  return requests;
}
