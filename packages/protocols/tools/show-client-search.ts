import type { FunctionTool, HostedTool } from "../model/tool.ts";

const anyQuery = { type: "object", properties: { query: { type: "string" } }, required: ["query"] };

/**
 * The function that a model sees where the client itself searches for tools (OpenAI's `tool_search` with `execution:
 * "client"`), at upstreams that have no such tool; its call is the client's search. Undefined for every other hosted tool.
 */
export function showClientSearch({ name, service }: HostedTool): FunctionTool | undefined {
  if (service?.type !== "tool-search" || service.method !== "client") return undefined;
  return {
    kind: "function",
    name,
    description: service.description ?? "Finds further tools by what they do.",
    parameters: service.parameters ?? anyQuery,
  };
}
