import { invalidRequest } from "../answer.ts";
import { asArray, asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { findGrammarFault } from "./find-grammar-fault.ts";
import { extraInput, fieldRequired, refuseExtra } from "./refuse.ts";

const serverTools =
  /^(web_search|web_fetch|code_execution|bash|text_editor|computer|memory|tool_search_tool_\w+|advisor)_\d{8}$/;
const toolFields =
  "type name description input_schema cache_control strict allowed_callers input_examples eager_input_streaming defer_loading".split(
    " ",
  );

/** Anthropic's rules about tools and tool_choice (docs.claude.com/en/docs/agents-and-tools/tool-use). */
export function checkMessagesTools(body: JsonObject, betas: string[]): void {
  const tools = asArray(body.tools);
  const names = new Set<string>();
  for (const [at, raw] of tools.entries()) {
    const tool = asObject(raw);
    const { name } = tool;
    if (typeof tool.type === "string" && serverTools.test(tool.type)) {
      names.add(String(name));
      continue;
    }
    checkTool(tool, `tools.${at}.custom`, betas);
    if (names.has(String(name))) throw invalidRequest("tools: Tool names must be unique.");
    names.add(String(name));
  }
  if (tools.length > 0 && tools.every((tool) => asObject(tool).defer_loading === true)) {
    throw invalidRequest("At least one tool must have defer_loading=false.");
  }
  checkToolChoice(body.tool_choice, names);
}

function checkTool(tool: JsonObject, path: string, betas: string[]): void {
  refuseExtra(tool, toolFields, path);
  if (tool.type !== undefined && tool.type !== "custom") {
    throw invalidRequest(
      `tools: Input tag '${String(tool.type)}' found using 'type' does not match any of the expected tags: 'custom'`,
    );
  }
  if (tool.name === undefined) throw fieldRequired(`${path}.name`);
  if (!/^[a-zA-Z0-9_-]{1,128}$/.test(String(tool.name))) {
    throw invalidRequest(`${path}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
  }
  if (tool.defer_loading !== undefined && !betas.some((beta) => /^(advanced-tool-use|tool-search-tool)-/.test(beta))) {
    throw extraInput(`${path}.defer_loading`);
  }
  const schema = tool.input_schema;
  if (schema === undefined) throw fieldRequired(`${path}.input_schema`);
  if (!isObject(schema)) throw invalidRequest(`${path}.input_schema: Input should be a valid dictionary`);
  if (schema.type === undefined) throw fieldRequired(`${path}.input_schema.type`);
  if (schema.type !== "object") throw invalidRequest(`${path}.input_schema.type: Input should be 'object'`);
  if (schema.oneOf ?? schema.anyOf ?? schema.allOf) {
    throw invalidRequest(`${path}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`);
  }
  const fault = tool.strict === true ? findGrammarFault(schema) : undefined;
  if (fault !== undefined) throw invalidRequest(`${path}: ${fault}`);
}

function checkToolChoice(choice: unknown, names: Set<string>): void {
  if (choice === undefined || choice === null) return;
  const { type, name } = asObject(choice);
  const known = {
    auto: ["type", "disable_parallel_tool_use"],
    any: ["type", "disable_parallel_tool_use"],
    tool: ["type", "name", "disable_parallel_tool_use"],
    none: ["type"],
  };
  if (typeof type !== "string" || !(type in known)) {
    throw invalidRequest(
      `tool_choice: Input tag '${String(type)}' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'`,
    );
  }
  refuseExtra(asObject(choice), known[type as keyof typeof known], `tool_choice.${type}`);
  if (names.size === 0) throw invalidRequest("tool_choice may only be specified while providing tools");
  if (type !== "tool") return;
  if (typeof name !== "string") throw fieldRequired("tool_choice.tool.name");
  if (!names.has(name)) throw invalidRequest(`Tool '${name}' not found in provided tools`);
}
