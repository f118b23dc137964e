import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createKnownModels, type KnownModels } from "../catalogue/known-models.ts";
import type { Config } from "../config/config.ts";
import { createDefaultConfig } from "../config/default-config.ts";
import { loadConfig } from "../config/load-config.ts";
import { openStorage } from "../storage/open-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { locateDatabase } from "./locate-database.ts";

/** What the command line is given by the process it runs in. */
export interface CliProcess {
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/** The options every command takes. */
export interface CommonOptions {
  config?: string;
  data?: string;
  json?: boolean;
}

/** One invocation: where things are, and where to write. */
export interface CliContext extends CliProcess {
  json: boolean;
  /** Absolute; undefined for the keyless default. */
  configFile: string | undefined;
  /** Where OneRouter keeps its files, absolute. */
  dataDir: string;
  /** What the catalogue knows, refreshes included. */
  known: KnownModels;
  /** Makes paths and defaults in a configuration definite. */
  settle(config: Config): Config;
}

const configFileName = "onerouter.yaml";
const dataFolderName = ".onerouter";

/**
 * Decides which files an invocation uses. The configuration is `--config`, else onerouter.yaml in the current folder if
 * there is one, else the keyless default. The data folder is `--data`, else .onerouter beside the configuration file, so
 * that every command finds the same one from any folder.
 */
export function createCliContext(process: CliProcess, options: CommonOptions): CliContext {
  const ownFile = join(process.cwd, configFileName);
  const configFile =
    options.config !== undefined ? resolve(process.cwd, options.config) : existsSync(ownFile) ? ownFile : undefined;
  const configDir = configFile === undefined ? process.cwd : dirname(configFile);
  const dataDir = options.data === undefined ? join(configDir, dataFolderName) : resolve(process.cwd, options.data);
  const baseDir = options.data === undefined ? configDir : dataDir;
  return {
    ...process,
    json: options.json === true,
    configFile,
    dataDir,
    known: createKnownModels(dataDir),
    settle: (config) => ({ ...config, database: { url: locateDatabase(config.database.url, { dataDir, baseDir }) } }),
  };
}

/** Loads the configuration; the keyless default where there is none, with `mockUrl` as the mock's address. */
export async function loadCliConfig(
  context: CliContext,
  options: { withoutCredentials?: boolean; mockUrl?: string } = {},
): Promise<Config> {
  const config =
    context.configFile === undefined
      ? createDefaultConfig(options.mockUrl ?? "http://mock.invalid")
      : await loadConfig(context.configFile, context.env, { known: context.known, ...options });
  return context.settle(config);
}

/** Opens the database of the configuration for the length of one piece of work. */
export async function withStorage<Result>(
  context: CliContext,
  config: Config,
  work: (storage: Storage) => Promise<Result>,
): Promise<Result> {
  const storage = await openStorage({ url: config.database.url, baseDir: context.dataDir });
  try {
    return await work(storage);
  } finally {
    await storage.close();
  }
}
