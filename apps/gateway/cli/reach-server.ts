import type { Config } from "../config/config.ts";
import type { CliContext } from "./cli-context.ts";
import { findServer } from "./server-file.ts";

/** Where this machine reaches the gateway: the running one of the data folder, else where the configuration would start it. */
export function serverUrl(context: CliContext, config: Config): string {
  return findServer(context.dataDir)?.url ?? urlOf(config.server.host, config.server.port);
}

/** An address to call, for an address to listen on. */
export function urlOf(host: string, port: number): string {
  const local = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${local.includes(":") ? `[${local}]` : local}:${port}`;
}

/** True if a gateway answers there. */
export async function isServing(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2000), redirect: "error" });
    return response.ok;
  } catch {
    return false;
  }
}
