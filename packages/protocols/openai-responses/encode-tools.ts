import type { ChatRequest } from "../model/chat-request.ts";
import { RequestError } from "../model/error.ts";
import type { CustomTool, FunctionTool, HostedTool, Tool } from "../model/tool.ts";
import type { Receipt } from "../receipt.ts";
import { refuseChoice } from "../tools/chosen-tool.ts";
import { keepToObject } from "../tools/object-schema.ts";
import { orderTools } from "../tools/order-tools.ts";
import { showClientSearch } from "../tools/show-client-search.ts";
import { showCustomTool } from "../tools/show-custom-tool.ts";
import { keepStrict } from "../tools/strict-schema.ts";
import type { ToolNames } from "../tools/tool-names.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { writeWebSearch } from "./hosted-services.ts";
import { createToolList, isFound, writeCustom, writeFunction, type ToolList } from "./write-tools.ts";

/** How the tools of one request are shown to one upstream. */
export interface ToolManner {
  profile: VendorProfile;
  names: ToolNames;
  receipt: Receipt;
  /** The upstream knows searches for tools and deferred tools, and the client has spoken of them in these words. */
  searches: boolean;
}

export function mannerOf(request: ChatRequest, profile: VendorProfile, names: ToolNames, receipt: Receipt): ToolManner {
  const searches = request.tools.some(
    (tool) => tool.kind === "hosted" && tool.service?.type === "tool-search" && isNative(tool, profile),
  );
  return { profile, names, receipt, searches };
}

function isNative(tool: HostedTool, profile: VendorProfile): boolean {
  if (tool.protocol !== "openai-responses") return false;
  return tool.service === undefined || knows(profile, tool.service.type);
}

export function knows(profile: VendorProfile, service: "web-search" | "tool-search"): boolean {
  return profile.hostedServices?.["openai-responses"]?.includes(service) === true;
}

/** The name of a tool on the wire, and its namespace where the upstream has namespaces. */
export function wireNameOf(name: string, namespace: string | undefined, manner: ToolManner): string {
  return manner.names.toWire(name, manner.profile.namespaces === true ? undefined : namespace);
}

/** Writes `tools` and `tool_choice` into the body. @throws RequestError when there are more tools than the vendor takes */
export function encodeTools(request: ChatRequest, manner: ToolManner, body: WireObject): void {
  const { profile, receipt } = manner;
  const list = createToolList();
  const seen = new Set<string>();
  let count = 0;
  for (const tool of shownTools(request, manner)) {
    const wire = encodeTool(tool, manner);
    if (wire === undefined) continue;
    const name = typeof wire.name === "string" ? `${namespaceOf(tool, manner) ?? ""}\n${wire.name}` : undefined;
    // A second tool of one name is refused; the first definition counts.
    if (name !== undefined && seen.has(name)) {
      receipt.note("repaired", "tools", "a second tool of the same name was left out");
      continue;
    }
    if (name !== undefined) seen.add(name);
    count++;
    addTool(list, wire, tool, manner);
  }
  const { maxTools } = profile;
  if (maxTools !== undefined && count > maxTools) {
    const message = `tools: ${count} tools are more than the ${maxTools} that ${profile.name} takes`;
    throw new RequestError({ code: "unsupported_parameter", message, param: "tools" });
  }
  if (list.tools.length === 0) return;
  body.tools = list.tools;
  encodeToolChoice(request, manner, body);
  if (request.parallelToolCalls === undefined) return;
  if (profile.parallelToolCallsField) body.parallel_tool_calls = request.parallelToolCalls;
  else receipt.note("dropped", "parallel_tool_calls", `${profile.name} has no such field`);
}

/** Where the upstream itself searches, it has all tools but those that stand in the conversation. */
function shownTools(request: ChatRequest, { searches, receipt }: ToolManner): Tool[] {
  if (searches) return request.tools.filter((tool) => !isFound(tool));
  return orderTools(request, receipt).map(({ tool }) => tool);
}

function namespaceOf(tool: Tool, { profile }: ToolManner): string | undefined {
  return tool.kind === "hosted" || profile.namespaces !== true ? undefined : tool.namespace;
}

function addTool(list: ToolList, wire: WireObject, tool: Tool, manner: ToolManner): void {
  if (tool.kind === "hosted") list.tools.push(wire);
  else list.add(wire, namespaceOf(tool, manner) === undefined ? { ...tool, namespace: undefined } : tool);
}

function encodeTool(tool: Tool, manner: ToolManner): WireObject | undefined {
  if (tool.kind === "hosted") return encodeHosted(tool, manner);
  const wire = tool.kind === "function" ? encodeFunction(tool, manner) : encodeCustom(tool, manner);
  return tool.deferred === true && manner.searches ? { ...wire, defer_loading: true } : wire;
}

function encodeFunction(tool: FunctionTool, manner: ToolManner): WireObject {
  const { profile, receipt } = manner;
  const parameters = keepToObject(tool.parameters, profile, receipt);
  const wire = writeFunction({ ...tool, parameters }, wireNameOf(tool.name, tool.namespace, manner));
  if (profile.strictTools !== false) {
    if (tool.strict === true) wire.strict = keepStrict(true, parameters, "tools.strict", profile, receipt);
    return wire;
  }
  if (tool.strict !== undefined) receipt.note("dropped", "tools.strict", "the upstream has no strict tools");
  const { strict: _strict, ...rest } = wire;
  return rest;
}

function encodeCustom(tool: CustomTool, manner: ToolManner): WireObject {
  const name = wireNameOf(tool.name, tool.namespace, manner);
  if (manner.profile.customTools === true) return writeCustom(tool, name);
  const namespace = manner.profile.namespaces === true ? undefined : tool.namespace;
  return encodeFunction(showCustomTool(tool, manner.names, manner.receipt, namespace), manner);
}

function encodeHosted(tool: HostedTool, manner: ToolManner): WireObject | undefined {
  const { service } = tool;
  if (isNative(tool, manner.profile)) return tool.value;
  if (service?.type === "web-search" && knows(manner.profile, "web-search")) return writeWebSearch(tool);
  const search = showClientSearch(tool, manner.names, manner.receipt);
  return search === undefined ? undefined : encodeFunction(search, manner);
}

function encodeToolChoice(request: ChatRequest, manner: ToolManner, body: WireObject): void {
  const { toolChoice: choice, extensions } = request;
  const { profile, receipt } = manner;
  if (choice === undefined) return;
  const own = extensions["openai-responses"]?.tool_choice;
  if (isObject(own) && own.type === "allowed_tools" && choice.type !== "tool") {
    if (profile.allowedToolsChoice === true) {
      body.tool_choice = nameAllowed(own, request, manner);
      return;
    }
    receipt.note("approximated", "tool_choice.allowed_tools", "the upstream cannot narrow the tools of a request");
  }
  if (choice.type === "tool") {
    const tool = request.tools.find((one) => one.name === choice.name);
    const wire = tool === undefined ? undefined : encodeTool(tool, manner);
    if (wire === undefined) refuseChoice(choice.name);
    if (profile.toolChoices.includes("tool")) {
      body.tool_choice =
        wire.type === "function" || wire.type === "custom" ? { type: wire.type, name: wire.name } : { type: wire.type };
      return;
    }
    receipt.note("approximated", "tool_choice", "the upstream cannot be told which tool to call");
    body.tool_choice = profile.toolChoices.includes("required") ? "required" : "auto";
  } else if (profile.toolChoices.includes(choice.type)) body.tool_choice = choice.type;
  else if (choice.type === "none") {
    receipt.note("emulated", "tool_choice", "the upstream cannot be told not to call tools: they are left out");
    receipt.note("emulated", "tools", "left out, since none may be called");
    delete body.tools;
  } else if (choice.type === "required") {
    receipt.note("approximated", "tool_choice", "the upstream cannot be made to call a tool");
  }
}

/** The client's list, in the names and kinds under which the upstream is shown its tools. */
function nameAllowed(own: WireObject, request: ChatRequest, manner: ToolManner): WireObject {
  const tools = (own.tools as unknown[]).map((entry) => {
    if (!isObject(entry) || (entry.type !== "function" && entry.type !== "custom")) return entry;
    const tool = request.tools.find((one) => one.name === entry.name);
    const wire = tool === undefined ? undefined : encodeTool(tool, manner);
    return wire === undefined ? entry : { ...entry, type: wire.type, name: wire.name };
  });
  return { ...own, tools };
}
