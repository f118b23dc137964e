import type { ChatRequest } from "../model/chat-request.ts";
import { RequestError } from "../model/error.ts";
import { showClientSearch } from "../model/show-client-search.ts";
import type { CustomTool, FunctionTool, HostedTool, Tool } from "../model/tool.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { finishBlock } from "./encode-content.ts";
import type { ToolNames } from "./tool-names.ts";

/** Claude Code's stand-in for the tools it has not loaded yet: a way to keep its cache, no tool. */
const deferredPlaceholder = "DeferredToolPlaceholder";

/** Writes `tools`. @throws RequestError when there are more than the vendor takes */
export function encodeTools(request: ChatRequest, target: EncodeTarget, names: ToolNames): WireObject[] {
  const { profile, receipt } = target;
  const encoded: WireObject[] = [];
  const seen = new Set<unknown>();
  for (const tool of shownTools(request, target)) {
    const wire = encodeTool(tool, target, names);
    if (wire === undefined) continue;
    if (wire.name !== undefined && seen.has(wire.name)) {
      receipt.note("repaired", "tools", "a second tool of the same name was left out");
      continue;
    }
    seen.add(wire.name);
    encoded.push(wire);
  }
  if (profile.maxTools !== undefined && encoded.length > profile.maxTools) {
    const message = `tools: ${encoded.length} tools are more than the ${profile.maxTools} that ${profile.name} takes`;
    throw new RequestError({ code: "unsupported_parameter", message, param: "tools" });
  }
  return encoded;
}

/**
 * Tool search for upstreams without it: a deferred tool is shown once the conversation has named it. Those come last, in
 * the order in which they were named, so that the list only grows at its end and the prompt cache holds.
 */
function shownTools(request: ChatRequest, { profile, receipt }: EncodeTarget): readonly Tool[] {
  if (profile.anthropicBetas || !request.tools.some(isDeferred)) return request.tools;
  receipt.note("emulated", "tools.defer_loading", "deferred tools are shown once the conversation has named them");
  const shown: Tool[] = [];
  const deferred = new Map<string, FunctionTool | CustomTool>();
  for (const tool of request.tools) {
    if (!isDeferred(tool)) shown.push(tool);
    else if (tool.name !== deferredPlaceholder) deferred.set(tool.name, tool);
  }
  for (const name of namedTools(request)) {
    const tool = deferred.get(name);
    if (tool !== undefined) shown.push(tool);
    deferred.delete(name);
  }
  return shown;
}

function isDeferred(tool: Tool): tool is (FunctionTool | CustomTool) & { deferred: true } {
  return tool.kind !== "hosted" && tool.deferred === true;
}

// A call names its tool too: the reference may be gone from a compacted history.
function* namedTools(request: ChatRequest): Iterable<string> {
  for (const message of request.messages) {
    for (const part of message.content) {
      if (part.type === "tool-call") yield part.name;
      if (part.type !== "tool-result") continue;
      for (const piece of part.content) if (piece.type === "tool-reference") yield piece.name;
    }
  }
}

function encodeTool(tool: Tool, target: EncodeTarget, names: ToolNames): WireObject | undefined {
  switch (tool.kind) {
    case "function":
      return encodeFunction(tool, target, names);
    case "custom":
      return emulateCustom(tool, target, names);
    case "hosted":
      return encodeHosted(tool, target, names);
  }
}

function encodeFunction(tool: FunctionTool, target: EncodeTarget, names: ToolNames): WireObject {
  const { profile, receipt } = target;
  const result: WireObject = { name: names.toWire(tool.name, tool.namespace) };
  if (tool.description !== undefined) result.description = tool.description;
  result.input_schema = tool.parameters.type === undefined ? { type: "object", ...tool.parameters } : tool.parameters;
  if (tool.strict !== undefined) {
    if (profile.anthropicBetas) result.strict = tool.strict;
    else receipt.note("dropped", "tools.strict", "this upstream may not know it");
  }
  if (tool.deferred === true && profile.anthropicBetas) result.defer_loading = true;
  return finishBlock(result, tool, target);
}

/** A free-text tool becomes a function with one string, `input`; the answer's decoder takes the string out again. */
function emulateCustom(tool: CustomTool, { receipt }: EncodeTarget, names: ToolNames): WireObject {
  names.markCustom(tool.name);
  receipt.note("emulated", `tools.${tool.name}`, "a free-text tool became a function with one string");
  const grammar = readGrammar(tool.format);
  const texts = [tool.description ?? "", grammar === "" ? "" : `\`input\` must follow this grammar:\n${grammar}`];
  return {
    name: names.toWire(tool.name),
    description: texts.filter((text) => text !== "").join("\n\n"),
    input_schema: { type: "object", properties: { input: { type: "string" } }, required: ["input"] },
  };
}

/** Chat wraps the grammar in an object of its own. */
function readGrammar(format: WireObject | undefined): string {
  const { definition } = (isObject(format?.grammar) ? format.grammar : format) ?? {};
  return typeof definition === "string" ? definition : "";
}

function encodeHosted(tool: HostedTool, target: EncodeTarget, names: ToolNames): WireObject | undefined {
  const { profile, receipt } = target;
  // A copy, because cache marks that are too many are taken off again.
  if (tool.protocol === "anthropic-messages") return { ...tool.value };
  if (tool.hostedType.startsWith("web_search") && profile.anthropicBetas) {
    receipt.note("approximated", `tools.${tool.hostedType}`, "this provider searches in its own way");
    return { type: "web_search_20250305", name: "web_search" };
  }
  const search = showClientSearch(tool);
  if (search !== undefined) {
    receipt.note("emulated", `tools.${tool.hostedType}`, "the client's search for tools is shown as a function");
    names.markToolSearch(tool.name);
    return encodeFunction(search, target, names);
  }
  receipt.note("dropped", `tools.${tool.hostedType}`, "this provider does not run that tool");
  return undefined;
}

/** Writes `tool_choice`. @param profile as it holds for a model that thinks, if it does */
export function encodeToolChoice(
  request: ChatRequest,
  profile: VendorProfile,
  { receipt }: EncodeTarget,
  names: ToolNames,
  body: WireObject,
): void {
  const isSerial = request.parallelToolCalls === false;
  const choice = request.toolChoice ?? (isSerial ? { type: "auto" as const } : undefined);
  if (choice === undefined) return;
  if (body.tools === undefined) {
    // "tool_choice may only be specified while providing tools"
    if (choice.type !== "none") receipt.note("dropped", "tool_choice", "there are no tools to choose from");
    return;
  }
  const wire = encodeChoice();
  if (wire.type !== "none" && request.parallelToolCalls !== undefined) wire.disable_parallel_tool_use = isSerial;
  body.tool_choice = wire;

  function encodeChoice(): WireObject {
    if (choice?.type === undefined || choice.type === "auto") return { type: "auto" };
    if (!profile.toolChoices.includes(choice.type)) {
      receipt.note("approximated", "tool_choice", `${profile.name} does not take the choice ${choice.type} here`);
      return { type: choice.type === "tool" && profile.toolChoices.includes("required") ? "any" : "auto" };
    }
    if (choice.type === "tool") return { type: "tool", name: names.toWire(choice.name) };
    return { type: choice.type === "required" ? "any" : choice.type };
  }
}
