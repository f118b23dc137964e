import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createWorkplace, type Served, type Workplace } from "../cli/testing/run-onerouter.ts";
import { call, type Call, type CallOptions, type Heard, type Json } from "./call.ts";
import type { ClientDialect } from "./client-dialects.ts";

/** A gateway in a process of its own, started as a user starts it, with a configuration file that can be changed. */
export interface ServedGateway {
  url: string;
  key: string;
  served: Served;
  place: Workplace;
  /** Writes the configuration file anew. */
  configure(config: Json | string): void;
  start(dialect: ClientDialect, fields?: Json, options?: CallOptions): Call;
  ask(dialect: ClientDialect, fields?: Json, options?: CallOptions): Promise<Heard>;
  /** Everything the process has written so far, to the terminal and into its folder. */
  traces(): string;
}

/** Starts the gateway with this configuration (JSON is YAML); `place.remove()` ends it. */
export async function serveGateway(
  config: Json,
  place = createWorkplace(),
  env: Record<string, string> = {},
): Promise<ServedGateway> {
  const configure = (next: Json | string): void =>
    writeFileSync(join(place.folder, "onerouter.yaml"), typeof next === "string" ? next : JSON.stringify(next));
  configure(config);
  const served = await place.serve([], { env });
  const { url } = served.ready;
  const key = served.ready.key ?? readFileSync(join(place.folder, ".onerouter", "local-key"), "utf8").trim();
  const start: ServedGateway["start"] = (dialect, fields, options = {}) =>
    call(url + dialect.path, {
      body: dialect.body(fields),
      ...options,
      headers: { authorization: `Bearer ${key}`, ...options.headers },
    });
  return {
    url,
    key,
    served,
    place,
    configure,
    start,
    ask: (dialect, fields, options) => start(dialect, fields, options).done,
    traces() {
      const folder = join(place.folder, ".onerouter");
      const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
      return [served.output.stdout, served.output.stderr, ...files].join("\n");
    },
  };
}
