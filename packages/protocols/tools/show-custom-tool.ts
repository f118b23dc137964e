import type { CustomTool, FunctionTool } from "../model/tool.ts";
import type { Receipt } from "../receipt.ts";
import { isObject } from "../wire/json-object.ts";
import type { ToolNames } from "./tool-names.ts";

/**
 * The function that a model sees in the place of a free-text tool, at upstreams that have none: its one string is the text,
 * and the answer's decoder takes it out again (`ToolOrigin.custom`).
 * @param namespace the tool's, where it becomes a part of the name
 */
export function showCustomTool(
  tool: CustomTool,
  names: ToolNames,
  receipt: Receipt,
  namespace: string | undefined,
): FunctionTool {
  receipt.note("emulated", `tools.${tool.name}`, "a free-text tool is shown as a function with one string");
  names.mark(tool.name, namespace, "custom");
  const { kind: _kind, description = "", format, ...rest } = tool;
  const texts = [description, describeGrammar(format)].filter((text) => text !== "");
  return {
    kind: "function",
    ...rest,
    ...(texts.length === 0 ? {} : { description: texts.join("\n\n") }),
    parameters: { type: "object", properties: { input: { type: "string" } }, required: ["input"] },
  };
}

/** OpenAI's two protocols differ: chat wraps the grammar in an object of its own. */
function describeGrammar(format: CustomTool["format"]): string {
  const { syntax, definition } = (isObject(format?.grammar) ? format.grammar : format) ?? {};
  if (typeof definition !== "string") return "";
  return `\`input\` must follow this ${typeof syntax === "string" ? `${syntax} ` : ""}grammar:\n${definition}`;
}

/** A free-text call of the history, as a call of that function. */
export function wrapInput(text: string): { input: string } {
  return { input: text };
}

/** The text in the arguments of that function. Broken JSON: the tool gets what the model wrote. */
export function unwrapInput(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value) && typeof value.input === "string") return value.input;
  } catch {
    // Said above.
  }
  return text;
}
