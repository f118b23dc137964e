import type { HostedTool } from "../model/tool.ts";
import { readDomains } from "../tools/read-domains.ts";
import { readObject, readOptionalCount } from "../wire/read-field.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/**
 * Web search as chat clients ask for it, outside of `tools`: OpenAI's `web_search_options`, OpenRouter's plugin `web`. The
 * fields themselves stay where they are, for upstreams that know them; this tool only tells what they mean.
 * @throws RequestError naming the field that is wrong
 */
export function decodeSearchFields(body: WireObject): HostedTool | undefined {
  const options = body.web_search_options;
  if (options !== undefined && options !== null) {
    const { user_location: location } = readObject(options, "web_search_options");
    const approximate = isObject(location) && isObject(location.approximate) ? location.approximate : undefined;
    return describeField("web_search_options", {
      type: "web-search",
      ...(approximate === undefined ? {} : { userLocation: approximate }),
    });
  }
  if (!Array.isArray(body.plugins)) return undefined;
  const plugin: unknown = body.plugins.find((one) => isObject(one) && one.id === "web" && one.enabled !== false);
  return isObject(plugin) ? describeField("plugins", readSearchService(plugin, "plugins[web]")) : undefined;
}

function describeField(field: string, service: NonNullable<HostedTool["service"]>): HostedTool {
  return { kind: "hosted", name: "web_search", protocol: "openai-chat", hostedType: field, value: {}, service };
}

/** OpenRouter's `openrouter:web_search` in `tools`, whose parameters have the names of the plugin's. */
export function readService(type: string, tool: WireObject, path: string): HostedTool["service"] {
  if (type !== "openrouter:web_search") return undefined;
  return readSearchService(isObject(tool.parameters) ? tool.parameters : {}, `${path}.parameters`);
}

function readSearchService(fields: WireObject, path: string): NonNullable<HostedTool["service"]> {
  const maxUses = readOptionalCount(fields.max_uses, `${path}.max_uses`);
  const allowed = readDomains(fields.include_domains ?? fields.allowed_domains, `${path}.include_domains`);
  const blocked = readDomains(fields.exclude_domains ?? fields.excluded_domains, `${path}.exclude_domains`);
  return {
    type: "web-search",
    ...(maxUses === undefined ? {} : { maxUses }),
    ...(allowed === undefined ? {} : { allowedDomains: allowed }),
    ...(blocked === undefined ? {} : { blockedDomains: blocked }),
    ...(isObject(fields.user_location) ? { userLocation: fields.user_location } : {}),
  };
}

/** Stands for a field of the body, which goes to the upstream by itself. */
export function isSearchField(tool: HostedTool): boolean {
  return tool.hostedType === "web_search_options" || tool.hostedType === "plugins";
}
