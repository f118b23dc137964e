import type { ChatRequest } from "../model/chat-request.ts";
import { RequestError } from "../model/error.ts";
import type { CustomTool, FunctionTool, HostedTool, JsonSchema, Tool } from "../model/tool.ts";
import type { Receipt } from "../receipt.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { encodeSchema } from "./encode-schema.ts";
import type { ToolNames } from "./tool-names.ts";

/** Claude Code's stand-in for the tools it has not loaded yet: a way to keep its cache, no tool. */
const deferredPlaceholder = "DeferredToolPlaceholder";

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
  for (const tool of orderTools(request, receipt)) {
    if (tool.kind === "hosted" && !isClientSearch(tool)) {
      if (tool.protocol === "gemini") hosted.push(tool.value);
      else receipt.note("dropped", `tools.${tool.hostedType}`, "the upstream does not run this tool");
      continue;
    }
    const declaration = declare(tool, profile, names, receipt);
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

function isClientSearch(tool: HostedTool): boolean {
  return tool.service?.type === "tool-search" && tool.service.method === "client";
}

/**
 * Tool search without the vendor's help: a deferred tool is shown once the conversation has named it. Those come last, in
 * the order in which they were named, so that the list only ever grows at its end and the prompt cache holds.
 */
function orderTools(request: ChatRequest, receipt: Receipt): Tool[] {
  const shown: Tool[] = [];
  const deferred = new Map<string, Tool>();
  for (const tool of request.tools) {
    if (tool.kind === "hosted" || tool.deferred !== true) shown.push(tool);
    else if (tool.name !== deferredPlaceholder) deferred.set(tool.name, tool);
  }
  if (deferred.size === 0) return shown;
  receipt.note("emulated", "tools.defer_loading", "deferred tools are shown once the conversation has named them");
  for (const name of namedTools(request)) {
    const tool = deferred.get(name);
    if (tool === undefined) continue;
    deferred.delete(name);
    shown.push(tool);
  }
  return shown;
}

// A call names its tool too: the reference may be gone from a compacted history.
function* namedTools(request: ChatRequest): Iterable<string> {
  for (const message of request.messages) {
    for (const part of message.content) {
      if (part.type === "tool-call" || part.type === "tool-reference") yield part.name;
      else if (part.type === "tool-search") yield* part.tools;
      else if (part.type === "tool-result") {
        for (const piece of part.content) if (piece.type === "tool-reference") yield piece.name;
      }
    }
  }
}

function declare(tool: Tool, profile: VendorProfile, names: ToolNames, receipt: Receipt): WireObject {
  switch (tool.kind) {
    case "function":
      return declareFunction(tool, profile, names, receipt);
    case "custom":
      return declareCustom(tool, profile, names, receipt);
    case "hosted":
      return declareSearch(tool, profile, names, receipt);
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

/** A free-text tool, shown as a function that takes one string. */
function declareCustom(tool: CustomTool, profile: VendorProfile, names: ToolNames, receipt: Receipt): WireObject {
  receipt.note("emulated", "tools.custom", "the upstream has no free-text tools: shown as a function with one string");
  names.mark(tool.name, tool.namespace, { custom: true });
  const grammar = isObject(tool.format?.grammar) ? tool.format.grammar : tool.format;
  const rule =
    grammar?.definition === undefined
      ? ""
      : `\n\n\`input\` must follow this ${String(grammar.syntax)} grammar:\n${String(grammar.definition)}`;
  const declaration: WireObject = {
    name: names.toWire(tool.name, tool.namespace),
    description: `${tool.description ?? ""}${rule}`,
  };
  const schema = { type: "object", properties: { input: { type: "string" } }, required: ["input"] };
  addParameters(declaration, schema, profile, receipt);
  return declaration;
}

/** The client's own search for tools: the model is shown a function, the client is told of its own tool. */
function declareSearch(tool: HostedTool, profile: VendorProfile, names: ToolNames, receipt: Receipt): WireObject {
  const service = tool.service?.type === "tool-search" ? tool.service : undefined;
  names.mark(tool.name, undefined, { toolSearch: true });
  const declaration: WireObject = { name: names.toWire(tool.name) };
  if (service?.description !== undefined) declaration.description = service.description;
  const byQuery = { type: "object", properties: { query: { type: "string" } }, required: ["query"] };
  addParameters(declaration, service?.parameters ?? byQuery, profile, receipt);
  return declaration;
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
      const named = tools.find((tool) => tool.name === choice.name);
      const name = names.toWire(
        choice.name,
        named === undefined || named.kind === "hosted" ? undefined : named.namespace,
      );
      if (!declarations.some((declaration) => declaration.name === name)) {
        const message = `tool_choice: no tool is named ${choice.name}`;
        throw new RequestError({ code: "invalid_request", message, param: "tool_choice" });
      }
      return { mode: "ANY", allowedFunctionNames: [name] };
    }
  }
}
