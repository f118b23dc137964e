import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onerouter, repository, searchPath } from "./places.ts";
import { startProgram, type Program } from "./start-program.ts";

export interface GatewayOptions {
  /** A new folder for its configuration, data and home. */
  folder: string;
  /** Without a configuration it is the keyless default, started by `npm start`. */
  config?: Record<string, unknown>;
}

export interface Gateway {
  url: string;
  key: string;
  /** The options by which `onerouter` commands find it. */
  options: readonly string[];
  program: Program;
  /** Asks one of the gateway's own paths, with the key. */
  get(path: string): Promise<Response>;
  /** A counter of GET /metrics, summed over the series whose labels match. */
  counter(name: string, labels?: Record<string, string>): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the gateway as a user would, on a free port, and makes a key by `onerouter keys create`. */
export async function startGateway({ folder, config }: GatewayOptions): Promise<Gateway> {
  mkdirSync(folder, { recursive: true });
  const options = ["--data", join(folder, "data")];
  if (config !== undefined) {
    const file = join(folder, "onerouter.yaml");
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(config));
    options.push("--config", file);
  }
  const around = { cwd: folder, env: commandEnvironment(folder) };
  const serve = ["--json", "--port", "0", ...options];
  const program =
    config === undefined
      ? startProgram("npm", ["--prefix", repository, "--silent", "start", "--", ...serve], around)
      : startProgram(onerouter, ["serve", ...serve], around);
  const url = await readUrl(program);
  const made = await startProgram(onerouter, ["keys", "create", "--name", "tests", "--json", ...options], around).done;
  if (made.code !== 0) throw new Error(`keys create failed: ${made.stderr}${made.stdout}`);
  const { key } = JSON.parse(made.stdout) as { key: string };
  const get = (path: string): Promise<Response> => fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
  return {
    url,
    key,
    options,
    program,
    get,
    async counter(name, labels = {}) {
      return sumSeries(await (await get("/metrics")).text(), name, labels);
    },
    async stop() {
      await program.end("SIGTERM");
    },
  };
}

/** What `onerouter` and npm are given: nothing of the caller's but PATH. */
export function commandEnvironment(home: string): Record<string, string> {
  return { HOME: home, PATH: searchPath, npm_config_update_notifier: "false" };
}

async function readUrl({ child, output }: Program): Promise<string> {
  while (!output.stdout.includes("\n")) {
    if (child.exitCode !== null) throw new Error(`serve ended: ${output.stderr}${output.stdout}`);
    await Promise.race([once(child.stdout ?? child, "data"), once(child, "close")]);
  }
  return (JSON.parse(output.stdout) as { url: string }).url;
}

function sumSeries(text: string, name: string, labels: Record<string, string>): number {
  let sum = 0;
  for (const line of text.split("\n")) {
    const [, series, found = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (series !== name) continue;
    if (Object.entries(labels).every(([label, wanted]) => found.includes(`${label}="${wanted}"`))) sum += Number(value);
  }
  return sum;
}
