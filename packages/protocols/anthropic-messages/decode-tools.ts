import { refuseField } from "../model/error.ts";
import type { FunctionTool, HostedTool, Tool } from "../model/tool.ts";
import {
  checkDepth,
  readArray,
  readName,
  readObject,
  readOptionalBoolean,
  readOptionalString,
} from "../wire/read-field.ts";
import type { WireObject } from "../wire/json-object.ts";
import { decodeCacheMark, withOthers } from "./decode-content.ts";
import { readService } from "./hosted-services.ts";

const knownFields: ReadonlySet<string> = new Set([
  "type",
  "name",
  "description",
  "input_schema",
  "strict",
  "defer_loading",
]);

/** Reads the tools; types other than `custom` are the provider's own and stay in its words. */
export function decodeTools(value: unknown): Tool[] {
  if (value === undefined || value === null) return [];
  const names = new Set<string>();
  return readArray(value, "tools").map((item, index) => {
    const path = `tools[${index}]`;
    const tool = decodeTool(readObject(item, path), path);
    if (tool.name !== "" && names.has(tool.name)) refuseField(`${path}.name`, "tool names must be unique");
    names.add(tool.name);
    return tool;
  });
}

function decodeTool(tool: WireObject, path: string): Tool {
  const type = readOptionalString(tool.type, `${path}.type`) ?? "custom";
  if (type !== "custom") {
    checkDepth(tool, path);
    // The toolset of an MCP server has no name of its own.
    const isSet = type.endsWith("_toolset") && (tool.name === undefined || tool.name === null);
    const name = isSet ? "" : readName(tool.name, `${path}.name`);
    const service = readService(type, tool, path);
    const hosted: HostedTool = { kind: "hosted", name, protocol: "anthropic-messages", hostedType: type, value: tool };
    return service === undefined ? hosted : { ...hosted, service };
  }
  const result: FunctionTool = {
    kind: "function",
    name: readName(tool.name, `${path}.name`),
    parameters: readObject(tool.input_schema, `${path}.input_schema`),
  };
  checkDepth(tool.input_schema, `${path}.input_schema`);
  const description = readOptionalString(tool.description, `${path}.description`);
  if (description !== undefined) result.description = description;
  const strict = readOptionalBoolean(tool.strict, `${path}.strict`);
  if (strict !== undefined) result.strict = strict;
  if (readOptionalBoolean(tool.defer_loading, `${path}.defer_loading`) === true) result.deferred = true;
  const cache = decodeCacheMark(tool.cache_control);
  if (cache !== undefined) result.cache = cache;
  return withOthers(result, tool, knownFields, path);
}
