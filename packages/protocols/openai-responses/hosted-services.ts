import type { HostedService } from "../model/tool.ts";
import type { HostedTool } from "../model/tool.ts";
import { readDomains } from "../tools/read-domains.ts";
import { readObject, readOptionalString } from "../wire/read-field.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/** What a hosted tool does, for those that the gateway can do itself. @throws RequestError naming the field that is wrong */
export function readService(type: string, tool: WireObject, path: string): HostedService | undefined {
  if (isWebSearch(type)) {
    const filters =
      tool.filters === undefined || tool.filters === null ? {} : readObject(tool.filters, `${path}.filters`);
    const allowed = readDomains(filters.allowed_domains, `${path}.filters.allowed_domains`);
    const blocked = readDomains(filters.blocked_domains, `${path}.filters.blocked_domains`);
    return {
      type: "web-search",
      ...(allowed === undefined ? {} : { allowedDomains: allowed }),
      ...(blocked === undefined ? {} : { blockedDomains: blocked }),
      ...(isObject(tool.user_location) ? { userLocation: tool.user_location } : {}),
    };
  }
  if (type !== "tool_search") return undefined;
  const description = readOptionalString(tool.description, `${path}.description`);
  return {
    type: "tool-search",
    method: tool.execution === "client" ? "client" : "bm25",
    ...(description === undefined ? {} : { description }),
    ...(isObject(tool.parameters) ? { parameters: tool.parameters } : {}),
  };
}

/** `web_search`, `web_search_preview`, and either with a date. */
function isWebSearch(type: string): boolean {
  return /^web_search(?:_preview)?(?:_\d{4}_\d\d_\d\d)?$/.test(type);
}

/** A web search that another protocol's client asked for, in OpenAI's words. */
export function writeWebSearch({ service }: HostedTool): WireObject {
  if (service?.type !== "web-search") return { type: "web_search" };
  const { allowedDomains, blockedDomains, userLocation } = service;
  const filters = {
    ...(allowedDomains === undefined ? {} : { allowed_domains: allowedDomains }),
    ...(blockedDomains === undefined ? {} : { blocked_domains: blockedDomains }),
  };
  return {
    type: "web_search",
    ...(Object.keys(filters).length === 0 ? {} : { filters }),
    ...(userLocation === undefined ? {} : { user_location: { type: "approximate", ...userLocation } }),
  };
}
