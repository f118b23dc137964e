import { cloudAccess } from "../../config/cloud-access.ts";
import type { AuthConfig, ProviderConfig } from "../../config/config.ts";
import { createCloud } from "../../upstream/clouds/create-cloud.ts";
import { createRequestHeaders } from "../../upstream/request-headers.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";
import { probeUpstream, type Probe } from "./probe-upstream.ts";

/** A clock further off than this breaks signed requests and the reading of quotas. */
const clockLimitMs = 120_000;

/** Reaches a provider and asks for its list of models with the first configured key; a cloud is asked for its credential. */
export async function checkProvider(name: string, provider: ProviderConfig): Promise<Finding[]> {
  const check = `provider ${name}`;
  const { auth } = provider;
  if (auth !== undefined) return checkCloud(check, provider, auth);
  const url = modelsUrl(provider);
  let probe: Probe;
  try {
    probe = await probeUpstream(url, requestHeaders(provider));
  } catch (error) {
    return [fail(check, `${url.origin}: ${error instanceof Error ? error.message : String(error)}`)];
  }
  return [describeAnswer(check, url, probe, refusalsOf(provider)), ...checkClock(name, probe, Date.now())];
}

/** There is no list of models that every account may read, so that the connection and the credential are all there is. */
async function checkCloud(check: string, { protocol, base_url }: ProviderConfig, auth: AuthConfig): Promise<Finding[]> {
  const { origin } = new URL(base_url);
  try {
    const { connectMs, totalMs } = await probeUpstream(new URL(origin), {});
    const cloud = createCloud(protocol, base_url, cloudAccess(auth), Date.now);
    const address = cloud.address("generate", "any");
    await cloud.authorize({ address, headers: {}, body: "{}", timeouts: { connect: 0, headers: 0, idle: 0 } });
    return [ok(check, `${origin} connected in ${Math.round(connectMs)} ms; the credential signs`, totalMs)];
  } catch (error) {
    return [fail(check, `${origin}: ${error instanceof Error ? error.message : String(error)}`)];
  }
}

/** Google answers 400 to a key that it does not know. */
function refusalsOf({ protocol }: ProviderConfig): readonly number[] {
  return protocol === "gemini" ? [400, 401, 403] : [401, 403];
}

function describeAnswer(
  check: string,
  url: URL,
  { status, connectMs, totalMs }: Probe,
  refusals: readonly number[],
): Finding {
  const reached = `${url.origin} connected in ${Math.round(connectMs)} ms, answered ${status} in ${Math.round(totalMs)} ms`;
  if (refusals.includes(status)) return fail(check, `${reached}: it refuses the key`);
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
  if (protocol === "gemini") return new URL(/\/v\d/.test(path) ? `${base}/models` : `${base}/v1beta/models`);
  const versioned = protocol === "anthropic-messages" ? /\/v\d+$/.test(path) : path !== "/";
  return new URL(versioned ? `${base}/models` : `${base}/v1/models`);
}
