import type { CustomTool, FunctionTool, Tool } from "../model/tool.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/** What the extensions of a tool hold that is no field of it. */
const inner: ReadonlySet<string> = new Set(["namespaceDescription", "found"]);

/** A function as this protocol defines it. `strict` always says what the client meant: here no word would mean true. */
export function writeFunction(tool: FunctionTool, name: string, parameters: unknown = tool.parameters): WireObject {
  const own = ownFields(tool);
  return {
    type: "function",
    name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    parameters,
    strict: tool.strict ?? (own?.strict === null ? null : false),
    ...own,
  };
}

/** A free-text tool, its grammar in this protocol's form: chat wraps it in an object of its own. */
export function writeCustom(tool: CustomTool, name: string): WireObject {
  const { description, format } = tool;
  return {
    type: "custom",
    name,
    ...(description === undefined ? {} : { description }),
    ...(format === undefined
      ? {}
      : { format: isObject(format.grammar) ? { type: "grammar", ...format.grammar } : format }),
    ...ownFields(tool),
  };
}

function ownFields(tool: FunctionTool | CustomTool): WireObject | undefined {
  const own = tool.extensions?.["openai-responses"];
  if (own === undefined) return undefined;
  return Object.fromEntries(Object.entries(own).filter(([field]) => !inner.has(field)));
}

/** Collects tools, those of one namespace in one place: where the first of them stands. */
export interface ToolList {
  readonly tools: WireObject[];
  add(wire: WireObject, tool: FunctionTool | CustomTool): void;
}

export function createToolList(): ToolList {
  const tools: WireObject[] = [];
  const groups = new Map<string, WireObject[]>();
  return {
    tools,
    add(wire, { namespace, extensions }) {
      if (namespace === undefined) {
        tools.push(wire);
        return;
      }
      const group = groups.get(namespace);
      if (group !== undefined) {
        group.push(wire);
        return;
      }
      const within = [wire];
      groups.set(namespace, within);
      const description = extensions?.["openai-responses"]?.namespaceDescription ?? "";
      tools.push({ type: "namespace", name: namespace, description, tools: within });
    },
  };
}

/** The tools of a request as its client wrote them, for the answer that repeats them. */
export function writeTools(tools: readonly Tool[]): WireObject[] {
  const list = createToolList();
  for (const tool of tools) {
    if (tool.kind === "hosted") list.tools.push(tool.value);
    else if (!isFound(tool)) {
      const wire = tool.kind === "function" ? writeFunction(tool, tool.name) : writeCustom(tool, tool.name);
      list.add(tool.deferred === true ? { ...wire, defer_loading: true } : wire, tool);
    }
  }
  return list.tools;
}

/** The tool stands in the conversation, where the client's search has found it. */
export function isFound(tool: Tool): boolean {
  return tool.kind !== "hosted" && tool.extensions?.["openai-responses"]?.found === true;
}
