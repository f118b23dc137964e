import type { Candidate } from "../routing/route-plan.ts";
import type { UpstreamOperation } from "../upstream/endpoint-address.ts";
import type { UpstreamCall } from "../upstream/upstream-client.ts";
import { headerValue, type Exchange } from "./downstream.ts";
import type { ProviderSetup } from "./inference-context.ts";

/** A call in the form that the provider's cloud gives it, if there is one. */
export function writeCall(
  candidate: Candidate,
  provider: ProviderSetup,
  headers: Record<string, string> | undefined,
  body: Record<string, unknown>,
  operation: UpstreamOperation,
): UpstreamCall {
  if (provider.cloud === undefined) return createCall(candidate, provider, headers, JSON.stringify(body), operation);
  const shaped = provider.cloud.shape(operation, candidate.endpoint.upstreamId, { body, headers: headers ?? {} });
  return createCall(candidate, provider, shaped.headers, JSON.stringify(shaped.body), operation);
}

/** @param headers what this request says beside the provider's own headers */
export function createCall(
  candidate: Candidate,
  provider: ProviderSetup,
  headers: Record<string, string> | undefined,
  body: string,
  operation: UpstreamOperation,
): UpstreamCall {
  const own = provider.headers(candidate.apiKey);
  return {
    address: provider.address(operation, candidate.endpoint.upstreamId),
    headers: headers === undefined ? own : { ...headers, ...own },
    body,
    timeouts: provider.timeouts,
  };
}

/** Version and betas of a Messages client go on, word for word, to a Messages upstream: betas and fields are pairs. */
export function messagesHeaders(exchange: Exchange, fromMessages: boolean): Record<string, string> {
  const { headers } = exchange;
  const result: Record<string, string> = {
    "anthropic-version": (fromMessages ? headerValue(headers, "anthropic-version") : undefined) ?? "2023-06-01",
  };
  const beta = fromMessages ? headerValue(headers, "anthropic-beta") : undefined;
  if (beta !== undefined) result["anthropic-beta"] = beta;
  return result;
}

/** Both say which betas they need. */
export function mergeHeaders(
  first: Record<string, string> | undefined,
  second: Record<string, string> | undefined,
): Record<string, string> | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const merged = { ...first, ...second };
  const betas = [first["anthropic-beta"], second["anthropic-beta"]].filter((beta) => beta !== undefined);
  if (betas.length > 1) {
    merged["anthropic-beta"] = [
      ...new Set(
        betas
          .join(",")
          .split(",")
          .map((beta) => beta.trim()),
      ),
    ].join(",");
  }
  return merged;
}
