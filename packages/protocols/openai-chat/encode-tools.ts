import type { ChatRequest } from "../model/chat-request.ts";
import type { ContentPart } from "../model/content.ts";
import { RequestError } from "../model/error.ts";
import { showClientSearch } from "../model/show-client-search.ts";
import type { CustomTool, FunctionTool, HostedTool, Tool } from "../model/tool.ts";
import type { Receipt } from "../receipt.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { encodeCacheMark } from "./encode-content.ts";
import { encodeToolSchema } from "./encode-tool-schema.ts";
import { isSearchField } from "./hosted-services.ts";
import { addOwnFields, noteCacheMark, withoutMarks } from "./note-losses.ts";
import type { ToolNames } from "./tool-names.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/** Claude Code's stand-in for the tools it has not loaded yet: a way to keep its cache, no tool. */
const deferredPlaceholder = "DeferredToolPlaceholder";

export interface EncodedTools {
  tools: WireObject[];
  toolChoice?: unknown;
  /** What the system text has to say because no field can. */
  instruction?: string;
  /** Deferred tools that are declared where the conversation loads them, by their own names. */
  loaded?: ReadonlyMap<string, WireObject>;
}

/** Writes `tools` and `tool_choice`. @throws RequestError when there are more tools than the vendor takes */
export function encodeTools(
  request: ChatRequest,
  profile: VendorProfile,
  names: ToolNames,
  receipt: Receipt,
): EncodedTools {
  const tools: WireObject[] = [];
  const loaded = new Map<string, WireObject>();
  const seen = new Set<string>();
  for (const { tool, inMessage } of orderTools(request, profile, receipt)) {
    const encoded = encodeTool(tool, profile, names, receipt);
    if (encoded === undefined) continue;
    const name = wireNameOf(encoded);
    // "function name is duplicated" is a 400 at several vendors; the first definition counts.
    if (name !== undefined && seen.has(name)) {
      receipt.note("repaired", "tools", "a second tool of the same name was left out");
      continue;
    }
    if (name !== undefined) seen.add(name);
    if (inMessage) loaded.set(tool.name, encoded);
    else tools.push(encoded);
  }
  const { maxTools } = profile;
  const count = tools.length + loaded.size;
  if (maxTools !== undefined && count > maxTools) {
    const message = `tools: ${count} tools are more than the ${maxTools} that ${profile.name} takes`;
    throw new RequestError({ code: "unsupported_parameter", message, param: "tools" });
  }
  const encoded = encodeToolChoice(request, tools, profile, names, receipt);
  return loaded.size > 0 ? { ...encoded, loaded } : encoded;
}

interface ShownTool {
  tool: Tool;
  /** It is declared by a message, where it was loaded, and not in `tools`. */
  inMessage: boolean;
}

/**
 * Tool search without the vendor's help: a deferred tool is shown once the conversation has named it. Those come last, in
 * the order in which they were named, so that the list only ever grows at its end and the prompt cache holds.
 */
function orderTools(request: ChatRequest, profile: VendorProfile, receipt: Receipt): ShownTool[] {
  const shown: ShownTool[] = [];
  const deferred = new Map<string, FunctionTool | CustomTool>();
  for (const tool of request.tools) {
    if (tool.kind === "hosted" || tool.deferred !== true) shown.push({ tool, inMessage: false });
    else if (tool.name !== deferredPlaceholder) deferred.set(tool.name, tool);
  }
  if (deferred.size === 0) return shown;
  receipt.note("emulated", "tools.defer_loading", "deferred tools are shown once the conversation has named them");
  for (const { name, isReference } of namedTools(request)) {
    const tool = deferred.get(name);
    if (tool === undefined) continue;
    deferred.delete(name);
    shown.push({ tool, inMessage: isReference && profile.toolsInMessages === true });
  }
  return shown;
}

// A call names its tool too: the reference may be gone from a compacted history.
function* namedTools(request: ChatRequest): Iterable<{ name: string; isReference: boolean }> {
  for (const message of request.messages) {
    for (const part of message.content) {
      if (part.type === "tool-call") yield { name: part.name, isReference: false };
      for (const name of loadedBy(part)) yield { name, isReference: true };
    }
  }
}

/** The tools that a part of a user's message loads. */
export function* loadedBy(part: ContentPart): Iterable<string> {
  if (part.type === "tool-reference") yield part.name;
  if (part.type !== "tool-result") return;
  for (const piece of part.content) if (piece.type === "tool-reference") yield piece.name;
}

function encodeTool(tool: Tool, profile: VendorProfile, names: ToolNames, receipt: Receipt): WireObject | undefined {
  switch (tool.kind) {
    case "function":
      return encodeFunction(tool, profile, names, receipt);
    case "custom":
      return profile.customTools === true ? encodeCustom(tool, names) : emulateCustom(tool, names, receipt);
    case "hosted":
      if (tool.protocol === "openai-chat") return isSearchField(tool) ? undefined : tool.value;
      return encodeForeign(tool, profile, names, receipt);
  }
}

function encodeForeign(
  tool: HostedTool,
  profile: VendorProfile,
  names: ToolNames,
  receipt: Receipt,
): WireObject | undefined {
  const search = showClientSearch(tool);
  if (search === undefined) {
    receipt.note("dropped", `tools.${tool.hostedType}`, "the upstream does not run this tool");
    return undefined;
  }
  receipt.note("emulated", `tools.${tool.hostedType}`, "the client's search for tools is shown as a function");
  names.markToolSearch(tool.name);
  return encodeFunction(search, profile, names, receipt);
}

function encodeFunction(tool: FunctionTool, profile: VendorProfile, names: ToolNames, receipt: Receipt): WireObject {
  const definition: WireObject = { name: names.toWire(tool.name, tool.namespace) };
  if (tool.description !== undefined && tool.description !== "") definition.description = tool.description;
  definition.parameters = encodeToolSchema(tool.parameters, profile);
  if (tool.strict !== undefined) {
    if (profile.strictTools === false) receipt.note("dropped", "tools.strict", "the upstream has no strict tools");
    else definition.strict = tool.strict;
  }
  const result: WireObject = { type: "function", function: definition };
  addOwnFields(result, tool, "tools", profile, receipt);
  const takesMarks = profile.cacheControl && profile.cacheControlOnTools !== false;
  noteCacheMark(tool, takesMarks ? profile : withoutMarks, receipt);
  if (tool.cache !== undefined && takesMarks) result.cache_control = encodeCacheMark(tool.cache, profile, receipt);
  return result;
}

function encodeCustom(tool: CustomTool, names: ToolNames): WireObject {
  const { description, format } = tool;
  return {
    type: "custom",
    custom: {
      name: names.toWire(tool.name),
      ...(description === undefined ? {} : { description }),
      ...(format === undefined ? {} : { format: encodeFormat(format) }),
    },
  };
}

// OpenAI's two protocols differ: chat wraps the grammar in an object of its own.
function encodeFormat(format: WireObject): WireObject {
  if (format.type !== "grammar" || isObject(format.grammar)) return format;
  return { type: "grammar", grammar: { syntax: format.syntax, definition: format.definition } };
}

function emulateCustom(tool: CustomTool, names: ToolNames, receipt: Receipt): WireObject {
  receipt.note("emulated", `tools.${tool.name}`, "a free-text tool is shown as a function with one string");
  names.markCustom(tool.name);
  const format = tool.format === undefined ? undefined : encodeFormat(tool.format);
  const grammar = isObject(format?.grammar) ? format.grammar : undefined;
  const rule =
    grammar === undefined
      ? ""
      : `\n\n\`input\` must follow this ${String(grammar.syntax)} grammar:\n${String(grammar.definition)}`;
  return {
    type: "function",
    function: {
      name: names.toWire(tool.name),
      description: `${tool.description ?? ""}${rule}`,
      parameters: { type: "object", properties: { input: { type: "string" } }, required: ["input"] },
    },
  };
}

function encodeToolChoice(
  request: ChatRequest,
  tools: WireObject[],
  profile: VendorProfile,
  names: ToolNames,
  receipt: Receipt,
): EncodedTools {
  const choice = request.toolChoice;
  // "'tool_choice' is only allowed when 'tools' are specified."
  if (choice === undefined || tools.length === 0) return { tools };
  const allowed = request.extensions["openai-chat"]?.tool_choice;
  if (allowed !== undefined) {
    if (profile.allowedToolsChoice === true) return { tools, toolChoice: allowed };
    receipt.note("approximated", "tool_choice.allowed_tools", "the upstream cannot narrow the tools of a request");
  }
  const { toolChoices, requiredWord = "required" } = profile;
  switch (choice.type) {
    case "auto":
      return { tools, ...auto(profile) };
    case "none":
      if (toolChoices.includes("none")) return { tools, toolChoice: "none" };
      receipt.note("emulated", "tool_choice", "the upstream cannot be told not to call tools: they are left out");
      receipt.note("emulated", "tools", "left out, since none may be called");
      return { tools: [] };
    case "required":
      if (toolChoices.includes("required")) return { tools, toolChoice: requiredWord };
      return askForTool(tools, "You must answer by calling one of the tools, not in text.", profile, receipt);
    case "tool": {
      const named = request.tools.find((tool) => tool.name === choice.name);
      const name = names.toWire(choice.name, named?.kind === "function" ? named.namespace : undefined);
      const only = tools.filter((tool) => wireNameOf(tool) === name);
      if (only.length === 0) {
        const message = `tool_choice: no tool is named ${choice.name}`;
        throw new RequestError({ code: "invalid_request", message, param: "tool_choice" });
      }
      if (toolChoices.includes("tool")) return { tools, toolChoice: encodeNamedChoice(only[0], name) };
      if (only.length < tools.length) receipt.note("emulated", "tools", "only the one that has to be called is shown");
      if (!toolChoices.includes("required")) {
        return askForTool(only, `You must answer by calling the tool ${name}, not in text.`, profile, receipt);
      }
      receipt.note(
        "emulated",
        "tool_choice",
        "the upstream cannot be told which tool to call: it is shown that one only",
      );
      return { tools: only, toolChoice: requiredWord };
    }
  }
}

// Every vendor's default; some refuse to be told anything at all.
function auto({ toolChoices }: VendorProfile): { toolChoice?: "auto" } {
  return toolChoices.includes("auto") ? { toolChoice: "auto" } : {};
}

function askForTool(tools: WireObject[], instruction: string, profile: VendorProfile, receipt: Receipt): EncodedTools {
  receipt.note("approximated", "tool_choice", "the upstream cannot be made to call a tool: it is asked to");
  return { tools, ...auto(profile), instruction };
}

function encodeNamedChoice(tool: WireObject | undefined, name: string): WireObject {
  return tool?.type === "custom" ? { type: "custom", custom: { name } } : { type: "function", function: { name } };
}

function wireNameOf(tool: WireObject): string | undefined {
  const definition = tool.type === "custom" ? tool.custom : tool.function;
  return isObject(definition) && typeof definition.name === "string" ? definition.name : undefined;
}
