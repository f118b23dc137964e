import type { ChatRequest } from "../model/chat-request.ts";
import { RequestError } from "../model/error.ts";
import type { CustomTool, FunctionTool, Tool } from "../model/tool.ts";
import type { Receipt } from "../receipt.ts";
import { nameChosenTool, refuseChoice } from "../tools/chosen-tool.ts";
import { orderTools } from "../tools/order-tools.ts";
import { showClientSearch } from "../tools/show-client-search.ts";
import { showCustomTool } from "../tools/show-custom-tool.ts";
import { keepStrict } from "../tools/strict-schema.ts";
import type { ToolNames } from "../tools/tool-names.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { encodeCacheMark } from "./encode-content.ts";
import { encodeToolSchema } from "./encode-tool-schema.ts";
import { isSearchField } from "./hosted-services.ts";
import { addOwnFields, noteCacheMark, withoutMarks } from "./note-losses.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

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
  for (const { tool, isLoaded } of orderTools(request, receipt)) {
    const encoded = encodeTool(tool, profile, names, receipt);
    if (encoded === undefined) continue;
    const name = wireNameOf(encoded);
    // "function name is duplicated" is a 400 at several vendors; the first definition counts.
    if (name !== undefined && seen.has(name)) {
      receipt.note("repaired", "tools", "a second tool of the same name was left out");
      continue;
    }
    if (name !== undefined) seen.add(name);
    if (isLoaded && profile.toolsInMessages === true) loaded.set(tool.name, encoded);
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

function encodeTool(tool: Tool, profile: VendorProfile, names: ToolNames, receipt: Receipt): WireObject | undefined {
  switch (tool.kind) {
    case "function":
      return encodeFunction(tool, profile, names, receipt);
    case "custom":
      if (profile.customTools === true) return encodeCustom(tool, names);
      return encodeFunction(showCustomTool(tool, names, receipt, tool.namespace), profile, names, receipt);
    case "hosted": {
      if (tool.protocol === "openai-chat") return isSearchField(tool) ? undefined : tool.value;
      const search = showClientSearch(tool, names, receipt);
      return search === undefined ? undefined : encodeFunction(search, profile, names, receipt);
    }
  }
}

function encodeFunction(tool: FunctionTool, profile: VendorProfile, names: ToolNames, receipt: Receipt): WireObject {
  const definition: WireObject = { name: names.toWire(tool.name, tool.namespace) };
  if (tool.description !== undefined && tool.description !== "") definition.description = tool.description;
  const parameters = encodeToolSchema(tool.parameters, profile, receipt);
  definition.parameters = parameters;
  if (tool.strict !== undefined) {
    if (profile.strictTools === false) receipt.note("dropped", "tools.strict", "the upstream has no strict tools");
    else definition.strict = keepStrict(tool.strict, parameters, "tools.strict", profile, receipt);
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
      name: names.toWire(tool.name, tool.namespace),
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
    if (profile.allowedToolsChoice === true) {
      return { tools, toolChoice: nameAllowed(allowed as WireObject, request, tools, names) };
    }
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
      const name = nameChosenTool(choice.name, request.tools, names);
      const only = tools.filter((tool) => wireNameOf(tool) === name);
      if (only.length === 0) refuseChoice(choice.name);
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

/** The client's list, in the names and kinds under which the upstream is shown its tools. */
function nameAllowed(choice: WireObject, request: ChatRequest, tools: WireObject[], names: ToolNames): WireObject {
  const allowed = choice.allowed_tools as WireObject;
  if (!Array.isArray(allowed.tools)) return choice;
  const named = allowed.tools.map((entry: unknown) => {
    const known = isObject(entry) ? wireNameOf(entry) : undefined;
    if (known === undefined) return entry;
    const name = nameChosenTool(known, request.tools, names);
    const shown = tools.find((tool) => wireNameOf(tool) === name);
    return shown === undefined ? entry : encodeNamedChoice(shown, name);
  });
  return { ...choice, allowed_tools: { ...allowed, tools: named } };
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
