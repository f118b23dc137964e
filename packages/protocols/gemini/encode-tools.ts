import type { ChatRequest } from "../model/chat-request.ts";
import { RequestError } from "../model/error.ts";
import type { FunctionTool, JsonSchema, Tool } from "../model/tool.ts";
import type { Receipt } from "../receipt.ts";
import { nameChosenTool, refuseChoice } from "../tools/chosen-tool.ts";
import { orderTools } from "../tools/order-tools.ts";
import { showClientSearch } from "../tools/show-client-search.ts";
import { showCustomTool } from "../tools/show-custom-tool.ts";
import type { ToolNames } from "../tools/tool-names.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { encodeSchema } from "./encode-schema.ts";

export interface EncodedTools {
  tools: WireObject[];
  toolConfig?: WireObject;
  /** There are functions among them. */
  hasFunctions: boolean;
}

/** Writes `tools` and `toolConfig`. @throws RequestError when there are more functions than the vendor takes */
export function encodeTools(
  request: ChatRequest,
  profile: VendorProfile,
  names: ToolNames,
  receipt: Receipt,
): EncodedTools {
  const functionDeclarations: WireObject[] = [];
  const hosted: WireObject[] = [];
  const seen = new Set<unknown>();
  for (const { tool } of orderTools(request, receipt)) {
    if (tool.kind === "hosted" && tool.protocol === "gemini") {
      hosted.push(tool.value);
      continue;
    }
    const declaration = declare(tool, profile, names, receipt);
    if (declaration === undefined) continue;
    if (seen.has(declaration.name)) receipt.note("repaired", "tools", "a second tool of the same name was left out");
    else functionDeclarations.push(declaration);
    seen.add(declaration.name);
  }
  const count = functionDeclarations.length;
  if (profile.maxTools !== undefined && count > profile.maxTools) {
    const message = `tools: ${count} tools are more than the ${profile.maxTools} that ${profile.name} takes`;
    throw new RequestError({ code: "unsupported_parameter", message, param: "tools" });
  }
  const tools = count === 0 ? hosted : [{ functionDeclarations }, ...hosted];
  const toolConfig = tools.length === 0 ? undefined : encodeToolConfig(request, functionDeclarations, names, receipt);
  return { tools, hasFunctions: count > 0, ...(toolConfig === undefined ? {} : { toolConfig }) };
}

function declare(tool: Tool, profile: VendorProfile, names: ToolNames, receipt: Receipt): WireObject | undefined {
  switch (tool.kind) {
    case "function":
      return declareFunction(tool, profile, names, receipt);
    case "custom":
      return declareFunction(showCustomTool(tool, names, receipt, tool.namespace), profile, names, receipt);
    case "hosted": {
      const search = showClientSearch(tool, names, receipt);
      return search === undefined ? undefined : declareFunction(search, profile, names, receipt);
    }
  }
}

function declareFunction(tool: FunctionTool, profile: VendorProfile, names: ToolNames, receipt: Receipt): WireObject {
  const declaration: WireObject = { name: names.toWire(tool.name, tool.namespace) };
  if (tool.description !== undefined && tool.description !== "") declaration.description = tool.description;
  addParameters(declaration, tool.parameters, profile, receipt);
  if (tool.strict === true) {
    receipt.note("dropped", "tools.strict", "the upstream has strict calls for all tools or for none");
  }
  Object.assign(declaration, tool.extensions?.gemini);
  return declaration;
}

function addParameters(declaration: WireObject, schema: JsonSchema, profile: VendorProfile, receipt: Receipt): void {
  const { $schema: _, ...parameters } = schema;
  if (profile.toolSchemas !== "openapi") {
    declaration.parametersJsonSchema = parameters.type === undefined ? { type: "object", ...parameters } : parameters;
    return;
  }
  const onLoss = (keyword: string): void => {
    receipt.note("approximated", `tools.parameters.${keyword}`, "the upstream's schemas have no such word");
  };
  const encoded = encodeSchema(parameters, onLoss);
  // "should be non-empty for OBJECT type": a function without parameters has none.
  if (encoded.type !== "OBJECT" || encoded.properties !== undefined) declaration.parameters = encoded;
}

function encodeToolConfig(
  request: ChatRequest,
  declarations: readonly WireObject[],
  names: ToolNames,
  receipt: Receipt,
): WireObject | undefined {
  const kept = request.extensions.gemini?.toolConfig;
  const { functionCallingConfig: narrowed, ...rest } = isObject(kept) ? kept : ({} as WireObject);
  const config = isObject(narrowed)
    ? encodeNarrowed(narrowed, names, receipt)
    : encodeChoice(request, declarations, names);
  if (request.parallelToolCalls === false && declarations.length > 0) {
    receipt.note("dropped", "parallel_tool_calls", "the upstream has no such field");
  }
  const result = config === undefined || declarations.length === 0 ? rest : { ...rest, functionCallingConfig: config };
  return Object.keys(result).length > 0 ? result : undefined;
}

/** A choice among some functions, or another mode that only this protocol has. */
function encodeNarrowed(config: WireObject, names: ToolNames, receipt: Receipt): WireObject {
  const { streamFunctionCallArguments: streams, allowedFunctionNames: allowed, ...result } = config;
  if (streams !== undefined) {
    receipt.note("dropped", "toolConfig.functionCallingConfig.streamFunctionCallArguments", "calls are given whole");
  }
  if (Array.isArray(allowed)) result.allowedFunctionNames = allowed.map((name) => names.toWire(String(name)));
  return result;
}

function encodeChoice(
  { toolChoice: choice, tools }: ChatRequest,
  declarations: readonly WireObject[],
  names: ToolNames,
): WireObject | undefined {
  switch (choice?.type) {
    case undefined:
      return undefined;
    case "auto":
      return { mode: "AUTO" };
    case "none":
      return { mode: "NONE" };
    case "required":
      return { mode: "ANY" };
    case "tool": {
      const name = nameChosenTool(choice.name, tools, names);
      if (!declarations.some((declaration) => declaration.name === name)) refuseChoice(choice.name);
      return { mode: "ANY", allowedFunctionNames: [name] };
    }
  }
}
