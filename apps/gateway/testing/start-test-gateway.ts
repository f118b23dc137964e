import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGateway, type Gateway } from "../app.ts";
import type { Config, ProviderConfig } from "../config/config.ts";
import { parseConfig } from "../config/load-config.ts";
import type { ApiKeyRecord } from "../identity/api-key.ts";
import { createKey } from "../identity/create-key.ts";
import { openStorage } from "../storage/open-storage.ts";
import { call, type Call, type CallOptions, type Heard, type Json } from "./call.ts";
import type { ClientDialect } from "./client-dialects.ts";

export interface TestGatewayOptions {
  providers: Record<string, TestProvider>;
  aliases?: Record<string, string>;
  server?: Partial<Config["server"]>;
  web_search?: Partial<NonNullable<Config["web_search"]>>;
  stored_responses?: Partial<Config["stored_responses"]>;
  /** Milliseconds, 10 unless a test has to do something meanwhile. */
  retryBackoffMs?: number;
  /** Further keys that are stored before the start. */
  keys?: readonly ApiKeyRecord[];
}

/** As a file has it; a known provider needs nothing at all. */
export type TestProvider = Partial<ProviderConfig>;

/** A gateway in this process on a port and in a folder of its own, and a client that holds a key of it. */
export interface TestGateway {
  url: string;
  key: string;
  folder: string;
  gateway: Gateway;
  /** Sends a request of the dialect's with our key. */
  start(dialect: ClientDialect, fields?: Json, options?: CallOptions): Call;
  ask(dialect: ClientDialect, fields?: Json, options?: CallOptions): Promise<Heard>;
  get(path: string, headers?: Record<string, string>): Promise<Heard>;
  /** The record of an answer, by the id in its headers. */
  generation(heard: Heard): Promise<Json>;
  applyConfig(options: TestGatewayOptions): void;
  stop(): Promise<void>;
}

export async function startTestGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const folder = mkdtempSync(join(tmpdir(), "onerouter-test-"));
  const config = makeConfig(options);
  const { key, record } = createKey("test", Date.now());
  const storage = await openStorage({ url: config.database.url, baseDir: folder });
  for (const stored of [record, ...(options.keys ?? [])]) await storage.keys.insert(stored);
  await storage.close();
  const gateway = await startGateway({ config, dataDir: folder, retryBackoffMs: options.retryBackoffMs ?? 10 });

  const start: TestGateway["start"] = (dialect, fields, callOptions = {}) =>
    call(gateway.url + dialect.path, {
      body: dialect.body(fields),
      ...callOptions,
      headers: { authorization: `Bearer ${key}`, ...callOptions.headers },
    });
  const get: TestGateway["get"] = (path, headers) =>
    call(gateway.url + path, { headers: { authorization: `Bearer ${key}`, ...headers } }).done;

  return {
    url: gateway.url,
    key,
    folder,
    gateway,
    start,
    ask: (dialect, fields, callOptions) => start(dialect, fields, callOptions).done,
    get,
    async generation(heard) {
      const id = heard.headers["x-onerouter-generation-id"];
      const { status, json, text } = await get(`/v1/generation?id=${String(id)}`);
      if (status !== 200) throw new Error(`no generation ${String(id)}: ${text}`);
      return json.data as Json;
    },
    applyConfig: (next) => gateway.applyConfig(makeConfig(next)),
    async stop() {
      await gateway.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function makeConfig(options: TestGatewayOptions): Config {
  const { providers, aliases = {}, server = {}, web_search, stored_responses = {} } = options;
  const withKeys = Object.entries(providers).map(([name, provider]) => [
    name,
    provider.auth === undefined ? { api_keys: ["upstream-key"], ...provider } : provider,
  ]);
  const file = {
    server: { port: 0, drain_seconds: 1, ...server },
    database: { url: "sqlite:./onerouter.db" },
    providers: Object.fromEntries(withKeys) as Json,
    aliases,
    stored_responses,
    ...(web_search === undefined ? {} : { web_search }),
  };
  return parseConfig("test.yaml", JSON.stringify(file), {});
}
