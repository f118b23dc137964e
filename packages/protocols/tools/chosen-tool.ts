import { RequestError } from "../model/error.ts";
import type { Tool } from "../model/tool.ts";
import type { ToolNames } from "./tool-names.ts";

/** The upstream's name for the tool that has to be called: a choice says nothing of its namespace. */
export function nameChosenTool(name: string, tools: readonly Tool[], names: ToolNames): string {
  const tool = tools.find((one) => one.name === name);
  return names.toWire(name, tool === undefined || tool.kind === "hosted" ? undefined : tool.namespace);
}

/** For a choice of a tool that the upstream is not shown. */
export function refuseChoice(name: string): never {
  const message = `tool_choice: no tool is named ${name}`;
  throw new RequestError({ code: "invalid_request", message, param: "tool_choice" });
}
