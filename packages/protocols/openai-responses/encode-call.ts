import type { ToolCallPart, ToolResultPart } from "../model/content.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { mendArguments, parseObject } from "../tools/parse-arguments.ts";
import { wrapInput } from "../tools/show-custom-tool.ts";
import type { WireObject } from "../wire/json-object.ts";
import { encodePart } from "./encode-content.ts";
import { wireNameOf, type ToolManner } from "./encode-tools.ts";

const noResult = "No result was returned.";

/** A call as the upstream sees it: its output has to be of the same kind. */
export interface SentCall {
  id: string;
  wireId: string;
  name: string;
  kind: "function_call" | "custom_tool_call" | "tool_search_call";
}

/** Writes one call of the model's. */
export function encodeCall(
  part: ToolCallPart,
  wireId: string,
  manner: ToolManner,
  target: EncodeTarget,
): { item: WireObject; call: SentCall } {
  const { profile } = manner;
  const own = part.extensions?.["openai-responses"];
  const call = { id: part.id, wireId, name: part.name };
  if (part.toolSearch === true && manner.searches) {
    const item = { type: "tool_search_call", call_id: wireId, execution: "client", status: "completed" };
    const query = parseObject(part.arguments) ?? { query: part.arguments };
    return { item: { ...item, arguments: query, ...own }, call: { ...call, kind: "tool_search_call" } };
  }
  const name = wireNameOf(part.name, part.namespace, manner);
  const place = profile.namespaces === true && part.namespace !== undefined ? { namespace: part.namespace } : {};
  if (part.custom === true && profile.customTools === true) {
    const item = { type: "custom_tool_call", call_id: wireId, ...place, name, input: part.arguments, ...own };
    return { item, call: { ...call, kind: "custom_tool_call" } };
  }
  let text: string;
  if (part.custom === true) {
    target.receipt.note("emulated", "messages.custom_tool_call", "a free-text call is shown as a function call");
    text = JSON.stringify(wrapInput(part.arguments));
  } else text = mendArguments(part.arguments, target.receipt);
  const item = { type: "function_call", call_id: wireId, ...place, name, arguments: text, ...own };
  return { item, call: { ...call, kind: "function_call" } };
}

/** Writes what a call returned; every call has to have an output. Images that the upstream takes elsewhere only follow it. */
export function encodeOutput(
  call: SentCall,
  result: ToolResultPart | undefined,
  manner: ToolManner,
): { item: WireObject; images: WireObject[] } {
  const { receipt } = manner;
  const images: WireObject[] = [];
  if (result === undefined) receipt.note("repaired", "messages.tool_result", "a call without a result was given one");
  if (call.kind === "tool_search_call") return { item: encodeFound(call, result), images };
  const { tools: _tools, ...own } = result?.extensions?.["openai-responses"] ?? {};
  const output = result === undefined ? noResult : encodeResult(result, call, images, manner);
  return { item: { type: `${call.kind}_output`, call_id: call.wireId, output, ...own }, images };
}

function encodeFound({ wireId }: SentCall, result: ToolResultPart | undefined): WireObject {
  const own = result?.extensions?.["openai-responses"];
  const tools = own?.tools ?? [];
  return { type: "tool_search_output", call_id: wireId, execution: "client", status: "completed", ...own, tools };
}

function encodeResult(
  result: ToolResultPart,
  call: SentCall,
  images: WireObject[],
  { profile, receipt }: ToolManner,
): string | WireObject[] {
  const parts: WireObject[] = [];
  let onlyText = true;
  for (const part of result.content) {
    const wire = encodePart(part, profile, receipt);
    if (wire === undefined) continue;
    if (wire.type === "input_text") parts.push(wire);
    else if (profile.mediaInToolResults === true) {
      onlyText = false;
      parts.push(wire);
    } else {
      receipt.note("approximated", `messages.tool_result.${part.type}`, "it follows the result in a user message");
      images.push({ type: "input_text", text: `Returned by ${call.name} (${call.wireId}):` }, wire);
      parts.push({ type: "input_text", text: `[${part.type}: see the message after the tool results]` });
    }
  }
  if (result.isError === true) {
    receipt.note(
      "approximated",
      "messages.tool_result.is_error",
      "the upstream has no word for a failed tool: the text says so",
    );
    const [first] = parts;
    const text = first?.type === "input_text" ? String(first.text) : undefined;
    if (text === undefined) parts.unshift({ type: "input_text", text: "Error" });
    else if (!text.startsWith("Error")) parts[0] = { ...first, text: `Error: ${text}` };
  }
  return onlyText ? parts.map((part) => String(part.text)).join("\n\n") : parts;
}
