import { refuseField } from "../model/error.ts";
import type { FunctionTool, HostedTool, Tool, ToolChoice } from "../model/tool.ts";
import { decodeCacheMark } from "./decode-content.ts";
import { readService } from "./hosted-services.ts";
import {
  checkDepth,
  readArray,
  readName,
  readObject,
  readOptionalBoolean,
  readOptionalString,
} from "../wire/read-field.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/** Reads `tools`, or the `functions` of before 2023-11. */
export function decodeTools(body: WireObject): Tool[] {
  if (body.tools !== undefined && body.tools !== null) {
    const tools = readArray(body.tools, "tools").map((tool, at) =>
      decodeTool(readObject(tool, `tools[${at}]`), `tools[${at}]`),
    );
    refuseSameNames(tools, (at) => (tools[at]?.kind === "custom" ? `tools[${at}].custom` : `tools[${at}].function`));
    return tools;
  }
  if (body.functions === undefined || body.functions === null) return [];
  const functions = readArray(body.functions, "functions").map((definition, at) =>
    decodeFunction(readObject(definition, `functions[${at}]`), `functions[${at}]`),
  );
  refuseSameNames(functions, (at) => `functions[${at}]`);
  return functions;
}

// A call names its tool and nothing else. Tools that the provider runs are its own affair.
function refuseSameNames(tools: readonly Tool[], pathOf: (at: number) => string): void {
  const names = new Set<string>();
  for (const [at, { kind, name }] of tools.entries()) {
    if (kind === "hosted") continue;
    if (names.has(name)) refuseField(`${pathOf(at)}.name`, "tool names must be unique");
    names.add(name);
  }
}

function decodeTool(tool: WireObject, path: string): Tool {
  if (tool.type === "function") {
    const result = decodeFunction(readObject(tool.function, `${path}.function`), `${path}.function`);
    const cache = decodeCacheMark(tool.cache_control);
    if (cache !== undefined) result.cache = cache;
    return result;
  }
  if (tool.type === "custom") {
    const { name, description, format } = readObject(tool.custom, `${path}.custom`);
    checkDepth(format, `${path}.custom.format`);
    return {
      kind: "custom",
      name: readName(name, `${path}.custom.name`),
      description: readOptionalString(description, `${path}.custom.description`),
      format: isObject(format) ? format : undefined,
    };
  }
  // A tool the provider runs, such as Kimi's builtin_function: only an upstream of this protocol may know it.
  const hostedType = readName(tool.type, `${path}.type`);
  checkDepth(tool, path);
  const definition = isObject(tool.function) ? tool.function : tool;
  const name = typeof definition.name === "string" ? definition.name : hostedType;
  const hosted: HostedTool = { kind: "hosted", name, protocol: "openai-chat", hostedType, value: tool };
  const service = readService(hostedType, tool, path);
  return service === undefined ? hosted : { ...hosted, service };
}

function decodeFunction(definition: WireObject, path: string): FunctionTool {
  const { parameters } = definition;
  const tool: FunctionTool = {
    kind: "function",
    name: readName(definition.name, `${path}.name`),
    description: readOptionalString(definition.description, `${path}.description`),
    parameters: {},
  };
  if (parameters !== undefined && parameters !== null) {
    tool.parameters = readObject(parameters, `${path}.parameters`);
    checkDepth(parameters, `${path}.parameters`);
  }
  const strict = readOptionalBoolean(definition.strict, `${path}.strict`);
  if (strict !== undefined) tool.strict = strict;
  return tool;
}

/** Reads `tool_choice` or the older `function_call`. */
export function decodeToolChoice(body: WireObject): ToolChoice | undefined {
  if (body.tool_choice !== undefined && body.tool_choice !== null) return decodeChoice(body.tool_choice);
  const call = body.function_call;
  if (call === undefined || call === null) return undefined;
  if (call === "none" || call === "auto") return { type: call };
  return { type: "tool", name: readName(readObject(call, "function_call").name, "function_call.name") };
}

function decodeChoice(choice: unknown): ToolChoice {
  if (choice === "auto" || choice === "none" || choice === "required") return { type: choice };
  if (typeof choice === "string") refuseField("tool_choice", "expected auto, none, required or an object");
  const object = readObject(choice, "tool_choice");
  switch (object.type) {
    case "function":
    case "custom": {
      const { name } = readObject(object[object.type], `tool_choice.${object.type}`);
      return { type: "tool", name: readName(name, `tool_choice.${object.type}.name`) };
    }
    case "allowed_tools": {
      // The list itself travels in the extensions, for upstreams that know it.
      const { mode } = readObject(object.allowed_tools, "tool_choice.allowed_tools");
      checkDepth(object, "tool_choice");
      return { type: mode === "required" ? "required" : "auto" };
    }
    default:
      return refuseField("tool_choice.type", "expected function, custom or allowed_tools");
  }
}
