import type { CustomTool, FunctionTool } from "@onerouter/protocols";

/** Longest description that is searched, in characters. */
const maxDescription = 2_000;

export type SearchableTool = FunctionTool | CustomTool;

/** What a tool can be found by: its name, what it says of itself, and its arguments. */
export interface ToolText {
  name: string;
  text: string;
}

export function describeTool(tool: SearchableTool): ToolText {
  const pieces = [tool.description?.slice(0, maxDescription) ?? ""];
  const properties = tool.kind === "function" ? tool.parameters.properties : undefined;
  if (typeof properties === "object" && properties !== null) {
    for (const [name, schema] of Object.entries(properties).slice(0, 50)) {
      const described: unknown =
        typeof schema === "object" && schema !== null ? Reflect.get(schema, "description") : "";
      pieces.push(`${name} ${typeof described === "string" ? described.slice(0, 200) : ""}`);
    }
  }
  return { name: tool.name, text: pieces.join("\n") };
}
