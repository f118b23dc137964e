import type { ChatRequest } from "../model/chat-request.ts";
import { RequestError } from "../model/error.ts";
import type { FunctionTool, HostedTool, JsonSchema, Tool } from "../model/tool.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import type { Receipt } from "../receipt.ts";
import { nameChosenTool, refuseChoice } from "../tools/chosen-tool.ts";
import { keepToObject } from "../tools/object-schema.ts";
import { orderTools } from "../tools/order-tools.ts";
import { showClientSearch } from "../tools/show-client-search.ts";
import { showCustomTool } from "../tools/show-custom-tool.ts";
import type { ToolNames } from "../tools/tool-names.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import type { WireObject } from "../wire/json-object.ts";
import { finishBlock } from "./encode-content.ts";
import { toGrammarSchema } from "./grammar-schema.ts";
import { webSearchType, writeWebSearch } from "./hosted-services.ts";

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

/** Anthropic itself searches for tools, and takes those that are not loaded yet. */
function shownTools(request: ChatRequest, { profile, receipt }: EncodeTarget): readonly Tool[] {
  return profile.anthropicBetas ? request.tools : orderTools(request, receipt).map(({ tool }) => tool);
}

function encodeTool(tool: Tool, target: EncodeTarget, names: ToolNames): WireObject | undefined {
  switch (tool.kind) {
    case "function":
      return encodeFunction(tool, target, names);
    case "custom":
      return encodeFunction(showCustomTool(tool, names, target.receipt, tool.namespace), target, names);
    case "hosted":
      return encodeHosted(tool, target, names);
  }
}

function encodeFunction(tool: FunctionTool, target: EncodeTarget, names: ToolNames): WireObject {
  const { profile, receipt } = target;
  const result: WireObject = { name: names.toWire(tool.name, tool.namespace) };
  if (tool.description !== undefined) result.description = tool.description;
  const schema = keepToObject(tool.parameters, profile, receipt);
  result.input_schema = schema.type === undefined ? { type: "object", ...schema } : schema;
  if (tool.strict !== undefined) {
    if (profile.anthropicBetas) result.strict = keepStrict(tool.strict, result, receipt);
    else receipt.note("dropped", "tools.strict", "this upstream may not know it");
  }
  if (tool.deferred === true && profile.anthropicBetas) result.defer_loading = true;
  return finishBlock(result, tool, target);
}

/** Arguments are checked by the gateway in any case. */
function keepStrict(strict: boolean, tool: WireObject, receipt: Receipt): boolean {
  if (!strict) return false;
  const grammar = toGrammarSchema(tool.input_schema as JsonSchema);
  const fits = grammar?.isWhole === true && !grammar.isClosed;
  if (fits) tool.input_schema = grammar.schema;
  else receipt.note("approximated", "tools.strict", "the upstream's strict schemas cannot say what this one says");
  return fits;
}

function encodeHosted(tool: HostedTool, target: EncodeTarget, names: ToolNames): WireObject | undefined {
  const { profile, receipt } = target;
  const { service, hostedType } = tool;
  const isOwn = tool.protocol === "anthropic-messages" && (profile.anthropicBetas || hostedType === webSearchType);
  const searches = profile.hostedServices?.["anthropic-messages"]?.includes("web-search") === true;
  // Others than Anthropic know one date of it.
  if (!isOwn && service?.type === "web-search" && searches) {
    receipt.note("approximated", `tools.${hostedType}`, "this provider searches in its own way");
    return writeWebSearch(service);
  }
  // A copy, because cache marks that are too many are taken off again.
  if (tool.protocol === "anthropic-messages") return { ...tool.value };
  const search = showClientSearch(tool, names, receipt);
  return search === undefined ? undefined : encodeFunction(search, target, names);
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
    if (choice.type === "tool") return { type: "tool", name: chosenName(choice.name) };
    return { type: choice.type === "required" ? "any" : choice.type };
  }

  function chosenName(name: string): string {
    const wireName = nameChosenTool(name, request.tools, names);
    const isShown = (body.tools as WireObject[]).some((tool) => tool.name === wireName);
    return isShown ? wireName : refuseChoice(name);
  }
}
