import { refuseField } from "../model/error.ts";
import type { CustomTool, FunctionTool, Tool, ToolChoice } from "../model/tool.ts";
import {
  checkDepth,
  readArray,
  readName,
  readObject,
  readOptionalBoolean,
  readOptionalString,
} from "../wire/read-field.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { withOthers } from "./decode-content.ts";
import { readService } from "./hosted-services.ts";

const functionFields: ReadonlySet<string> = new Set("type name description parameters strict defer_loading".split(" "));
const customFields: ReadonlySet<string> = new Set("type name description format defer_loading".split(" "));

/** What a tool knows of the namespace it stands in. */
interface Namespace {
  name: string;
  description: string | undefined;
}

/** Reads `tools`. Namespaces are flat in the hub: each of their tools says where it belongs. */
export function decodeTools(value: unknown, path: string): Tool[] {
  if (value === undefined || value === null) return [];
  const tools = readArray(value, path).flatMap((item, at) => {
    const tool = readObject(item, `${path}[${at}]`);
    return tool.type === "namespace" ? decodeNamespace(tool, `${path}[${at}]`) : [decodeTool(tool, `${path}[${at}]`)];
  });
  refuseSameNames(tools, path);
  return tools;
}

// A call names its tool and its namespace and nothing else. Tools that the provider runs are its own affair.
function refuseSameNames(tools: readonly Tool[], path: string): void {
  const names = new Set<string>();
  for (const tool of tools) {
    if (tool.kind === "hosted") continue;
    const name = tool.namespace === undefined ? tool.name : `${tool.namespace}.${tool.name}`;
    if (names.has(name)) refuseField(path, `tool names must be unique: ${name}`);
    names.add(name);
  }
}

function decodeNamespace(namespace: WireObject, path: string): Tool[] {
  const within = {
    name: readName(namespace.name, `${path}.name`),
    description: readOptionalString(namespace.description, `${path}.description`),
  };
  return readArray(namespace.tools, `${path}.tools`).map((item, at) => {
    const toolPath = `${path}.tools[${at}]`;
    const tool = decodeTool(readObject(item, toolPath), toolPath, within);
    if (tool.kind === "hosted") refuseField(`${toolPath}.type`, "expected function or custom");
    return tool;
  });
}

function decodeTool(tool: WireObject, path: string, namespace?: Namespace): Tool {
  if (tool.type === "function") return decodeFunction(tool, path, namespace);
  if (tool.type === "custom") return decodeCustom(tool, path, namespace);
  const hostedType = readName(tool.type, `${path}.type`);
  checkDepth(tool, path);
  const service = readService(hostedType, tool, path);
  const hosted = { kind: "hosted", name: hostedType, protocol: "openai-responses", hostedType, value: tool } as const;
  return service === undefined ? hosted : { ...hosted, service };
}

function decodeFunction(tool: WireObject, path: string, namespace: Namespace | undefined): FunctionTool {
  const result: FunctionTool = {
    kind: "function",
    name: readName(tool.name, `${path}.name`),
    description: readOptionalString(tool.description, `${path}.description`),
    parameters: {},
  };
  if (tool.parameters !== undefined && tool.parameters !== null) {
    result.parameters = readObject(tool.parameters, `${path}.parameters`);
    checkDepth(tool.parameters, `${path}.parameters`);
  }
  const strict = readOptionalBoolean(tool.strict, `${path}.strict`);
  if (strict !== undefined) result.strict = strict;
  withOthers(result, tool, functionFields, path);
  // Here, and only here, no word means strict where the schema allows it: others must not refuse the schema for that.
  if (strict === undefined) extend(result, { strict: null });
  return place(result, tool, path, namespace);
}

function decodeCustom(tool: WireObject, path: string, namespace: Namespace | undefined): CustomTool {
  checkDepth(tool.format, `${path}.format`);
  const result: CustomTool = {
    kind: "custom",
    name: readName(tool.name, `${path}.name`),
    description: readOptionalString(tool.description, `${path}.description`),
    format: isObject(tool.format) ? tool.format : undefined,
  };
  return place(withOthers(result, tool, customFields, path), tool, path, namespace);
}

function place<Placed extends FunctionTool | CustomTool>(
  result: Placed,
  tool: WireObject,
  path: string,
  namespace: Namespace | undefined,
): Placed {
  if (readOptionalBoolean(tool.defer_loading, `${path}.defer_loading`) === true) result.deferred = true;
  if (namespace === undefined) return result;
  result.namespace = namespace.name;
  if (namespace.description !== undefined) extend(result, { namespaceDescription: namespace.description });
  return result;
}

function extend(tool: FunctionTool | CustomTool, fields: WireObject): void {
  tool.extensions = { "openai-responses": { ...tool.extensions?.["openai-responses"], ...fields } };
}

/** Reads `tool_choice`. What the hub has no word for travels in the extensions as it is, see decode-request.ts. */
export function decodeToolChoice(choice: unknown): ToolChoice | undefined {
  if (choice === undefined || choice === null) return undefined;
  if (choice === "auto" || choice === "none" || choice === "required") return { type: choice };
  if (typeof choice === "string") refuseField("tool_choice", "expected auto, none, required or an object");
  const object = readObject(choice, "tool_choice");
  checkDepth(object, "tool_choice");
  switch (object.type) {
    case "function":
    case "custom":
      return { type: "tool", name: readName(object.name, "tool_choice.name") };
    case "allowed_tools":
      readArray(object.tools, "tool_choice.tools");
      return { type: object.mode === "required" ? "required" : "auto" };
    default:
      return { type: "tool", name: readName(object.type, "tool_choice.type") };
  }
}
