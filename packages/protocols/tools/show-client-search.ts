import type { FunctionTool, HostedTool } from "../model/tool.ts";
import type { Receipt } from "../receipt.ts";
import type { ToolNames } from "./tool-names.ts";

const anyQuery = { type: "object", properties: { query: { type: "string" } }, required: ["query"] };

/**
 * The function that a model sees where the client itself searches for tools (OpenAI's `tool_search` with `execution:
 * "client"`), at upstreams that have no such tool; its call is the client's search. Every other hosted tool is dropped.
 */
export function showClientSearch(
  { name, hostedType, service }: HostedTool,
  names: ToolNames,
  receipt: Receipt,
): FunctionTool | undefined {
  if (service?.type !== "tool-search" || service.method !== "client") {
    receipt.note("dropped", `tools.${hostedType}`, "the upstream does not run this tool");
    return undefined;
  }
  receipt.note("emulated", `tools.${hostedType}`, "the client's search for tools is shown as a function");
  names.mark(name, undefined, "toolSearch");
  return {
    kind: "function",
    name,
    description: service.description ?? "Finds further tools by what they do.",
    parameters: service.parameters ?? anyQuery,
  };
}
