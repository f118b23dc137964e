import type { ProviderConfig } from "../../config/config.ts";
import { createRequestHeaders } from "../../upstream/request-headers.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";
import { probeUpstream, type Probe } from "./probe-upstream.ts";

/** A clock further off than this breaks signed requests and the reading of quotas. */
const clockLimitMs = 120_000;

/** Reaches a provider and asks for its list of models with the first configured key. */
export async function checkProvider(name: string, provider: ProviderConfig): Promise<Finding[]> {
  const check = `provider ${name}`;
  const url = modelsUrl(provider);
  let probe: Probe;
  try {
    probe = await probeUpstream(url, requestHeaders(provider));
  } catch (error) {
    return [fail(check, `${url.origin}: ${error instanceof Error ? error.message : String(error)}`)];
  }
  return [describeAnswer(check, url, probe), ...checkClock(name, probe, Date.now())];
}

function describeAnswer(check: string, url: URL, { status, connectMs, totalMs }: Probe): Finding {
  const reached = `${url.origin} connected in ${Math.round(connectMs)} ms, answered ${status} in ${Math.round(totalMs)} ms`;
  if (status === 401 || status === 403) return fail(check, `${reached}: it refuses the key`);
  // Not every provider lists its models; that it answers at all is what counts.
  if (status === 404 || status === 405) return ok(check, `${reached} (it has no list of models there)`, totalMs);
  return status >= 400 || status < 200 ? warn(check, reached) : ok(check, reached, totalMs);
}

function checkClock(name: string, { date, totalMs }: Probe, now: number): Finding[] {
  if (date === undefined) return [];
  // The header has whole seconds and was written somewhere within the request.
  const off = Math.max(0, Math.abs(now - date) - totalMs - 1000);
  const seconds = Math.round(off / 1000);
  return off > clockLimitMs
    ? [fail("clock", `this machine's clock is ${seconds} s away from that of ${name}`)]
    : [ok("clock", `within ${seconds + 1} s of that of ${name}`)];
}

/** Those that the gateway itself would send. */
function requestHeaders({ protocol, vendor, headers, api_keys }: ProviderConfig): Readonly<Record<string, string>> {
  const own = createRequestHeaders(protocol, vendor ?? "generic", headers ?? {})(api_keys[0] ?? "");
  return protocol === "anthropic-messages" ? { "anthropic-version": "2023-06-01", ...own } : own;
}

/** Where each protocol's own SDK lists models, with or without the version segment in base_url. */
function modelsUrl({ protocol, base_url }: ProviderConfig): URL {
  const base = base_url.replace(/\/+$/, "");
  const path = new URL(base).pathname;
  const versioned = protocol === "anthropic-messages" ? /\/v\d+$/.test(path) : path !== "/";
  return new URL(versioned ? `${base}/models` : `${base}/v1/models`);
}
