import type { HostedService } from "../model/tool.ts";
import { refuseField } from "../model/error.ts";
import { readDomains } from "../tools/read-domains.ts";
import { readObject, readOptionalCount } from "../wire/read-field.ts";
import type { WireObject } from "../wire/json-object.ts";

/** The search that Anthropic and those who follow it know (https://platform.minimax.io/docs/guides/server-tools). */
export const webSearchType = "web_search_20250305";

/**
 * What one of Anthropic's server tools does, where the gateway can do it for models of others. Types are dated; a later date
 * of a known tool is taken to do the same.
 * @throws RequestError naming the field that is wrong
 */
export function readService(type: string, tool: WireObject, path: string): HostedService | undefined {
  if (/^web_search_\d{8}$/.test(type)) return readWebSearch(tool, path);
  if (/^tool_search_tool_regex(_\d{8})?$/.test(type)) return { type: "tool-search", method: "regex" };
  if (/^tool_search_tool_bm25(_\d{8})?$/.test(type)) return { type: "tool-search", method: "bm25" };
  return undefined;
}

function readWebSearch(tool: WireObject, path: string): HostedService {
  const maxUses = readOptionalCount(tool.max_uses, `${path}.max_uses`);
  const allowed = readDomains(tool.allowed_domains, `${path}.allowed_domains`);
  const blocked = readDomains(tool.blocked_domains, `${path}.blocked_domains`);
  if (allowed !== undefined && blocked !== undefined) {
    refuseField(`${path}.blocked_domains`, "cannot be given together with allowed_domains");
  }
  const location = tool.user_location;
  return {
    type: "web-search",
    ...(maxUses === undefined ? {} : { maxUses }),
    ...(allowed === undefined ? {} : { allowedDomains: allowed }),
    ...(blocked === undefined ? {} : { blockedDomains: blocked }),
    ...(location === undefined || location === null
      ? {}
      : { userLocation: readObject(location, `${path}.user_location`) }),
  };
}

/** A web search that another protocol's client asked for. Both lists of domains at once are refused: the stricter one stays. */
export function writeWebSearch(service: Extract<HostedService, { type: "web-search" }>): WireObject {
  const { maxUses, allowedDomains, blockedDomains, userLocation } = service;
  return {
    type: webSearchType,
    name: "web_search",
    ...(maxUses === undefined ? {} : { max_uses: maxUses }),
    ...(allowedDomains === undefined ? {} : { allowed_domains: allowedDomains }),
    ...(allowedDomains !== undefined || blockedDomains === undefined ? {} : { blocked_domains: blockedDomains }),
    ...(userLocation === undefined ? {} : { user_location: { ...userLocation, type: "approximate" } }),
  };
}
