import { refuseField } from "../model/error.ts";
import type { FunctionTool, HostedService, HostedTool, JsonSchema, Tool, ToolChoice } from "../model/tool.ts";
import { checkDepth, readArray, readName, readObject, readOptionalString } from "../wire/read-field.ts";
import type { WireObject } from "../wire/json-object.ts";
import { withCamelKeys } from "./camel-keys.ts";
import { decodeSchema } from "./decode-schema.ts";

/** Reads `tools`: one entry may hold functions and several of Google's own tools. */
export function decodeTools(value: unknown): Tool[] {
  if (value === undefined || value === null) return [];
  const tools: Tool[] = [];
  const names = new Set<string>();
  for (const [at, item] of readArray(value, "tools").entries()) {
    const path = `tools[${at}]`;
    const entry = withCamelKeys(readObject(item, path));
    for (const key in entry) {
      if (entry[key] === undefined || entry[key] === null) continue;
      if (key !== "functionDeclarations") {
        tools.push(decodeHosted(key, readObject(entry[key], `${path}.${key}`), `${path}.${key}`));
        continue;
      }
      for (const [index, declaration] of readArray(entry[key], `${path}.${key}`).entries()) {
        const tool = decodeFunction(declaration, `${path}.${key}[${index}]`);
        if (names.has(tool.name)) refuseField(`${path}.${key}[${index}].name`, "function names must be unique");
        names.add(tool.name);
        tools.push(tool);
      }
    }
  }
  return tools;
}

function decodeFunction(value: unknown, path: string): FunctionTool {
  const declaration = withCamelKeys(readObject(value, path));
  const { name, description, parameters, parametersJsonSchema, ...others } = declaration;
  const tool: FunctionTool = {
    kind: "function",
    name: readName(name, `${path}.name`),
    parameters: readParameters(parametersJsonSchema, parameters, path),
  };
  const described = readOptionalString(description, `${path}.description`);
  if (described !== undefined) tool.description = described;
  if (Object.keys(others).length > 0) {
    checkDepth(others, path);
    tool.extensions = { gemini: others };
  }
  return tool;
}

function readParameters(jsonSchema: unknown, own: unknown, path: string): JsonSchema {
  if (jsonSchema !== undefined && jsonSchema !== null) {
    checkDepth(jsonSchema, `${path}.parametersJsonSchema`);
    return readObject(jsonSchema, `${path}.parametersJsonSchema`);
  }
  if (own === undefined || own === null) return { type: "object", properties: {} };
  checkDepth(own, `${path}.parameters`);
  return decodeSchema(readObject(own, `${path}.parameters`));
}

function decodeHosted(key: string, value: WireObject, path: string): HostedTool {
  checkDepth(value, path);
  const tool: HostedTool = { kind: "hosted", name: key, protocol: "gemini", hostedType: key, value: { [key]: value } };
  if (key === "googleSearch" || key === "googleSearchRetrieval") tool.service = readSearch(value);
  return tool;
}

function readSearch(value: WireObject): HostedService {
  const blocked = withCamelKeys(value).excludeDomains;
  if (!Array.isArray(blocked)) return { type: "web-search" };
  return { type: "web-search", blockedDomains: blocked.filter((domain) => typeof domain === "string") };
}

export interface DecodedToolConfig {
  toolChoice?: ToolChoice;
  /** What the hub has no word for, for upstreams of this protocol. */
  rest?: WireObject;
}

/** Reads `toolConfig` (https://ai.google.dev/api/caching#ToolConfig). */
export function decodeToolConfig(value: unknown): DecodedToolConfig {
  if (value === undefined || value === null) return {};
  checkDepth(value, "toolConfig");
  const { functionCallingConfig, ...others } = withCamelKeys(readObject(value, "toolConfig"));
  const hasOthers = Object.keys(others).length > 0;
  if (functionCallingConfig === undefined || functionCallingConfig === null) return hasOthers ? { rest: others } : {};
  const path = "toolConfig.functionCallingConfig";
  const config = withCamelKeys(readObject(functionCallingConfig, path));
  const allowed = readNames(config.allowedFunctionNames, `${path}.allowedFunctionNames`);
  const mode = readOptionalString(config.mode, `${path}.mode`)?.toUpperCase() ?? "AUTO";
  const toolChoice = choiceOf(mode, allowed, `${path}.mode`);
  const { mode: _mode, allowedFunctionNames: _allowed, ...more } = config;
  const isPlain = mode !== "VALIDATED" && (allowed.length === 0 || toolChoice?.type === "tool");
  if (isPlain && Object.keys(more).length === 0) return hasOthers ? { toolChoice, rest: others } : { toolChoice };
  const kept: WireObject = { ...more, mode };
  if (allowed.length > 0) kept.allowedFunctionNames = allowed;
  return { toolChoice, rest: { ...others, functionCallingConfig: kept } };
}

function choiceOf(mode: string, allowed: readonly string[], path: string): ToolChoice | undefined {
  const [name] = allowed;
  switch (mode) {
    case "MODE_UNSPECIFIED":
      return undefined;
    case "AUTO":
    case "VALIDATED":
      return { type: "auto" };
    case "NONE":
      return { type: "none" };
    case "ANY":
      return name !== undefined && allowed.length === 1 ? { type: "tool", name } : { type: "required" };
    default:
      return refuseField(path, "expected AUTO, ANY, NONE or VALIDATED");
  }
}

function readNames(value: unknown, path: string): string[] {
  if (value === undefined || value === null) return [];
  return readArray(value, path).map((name, at) => readName(name, `${path}[${at}]`));
}
