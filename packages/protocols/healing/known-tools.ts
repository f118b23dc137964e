import type { JsonSchema, Tool } from "../model/tool.ts";
import type { ToolOrigin } from "../protocol-contract.ts";

/** A tool of the request, as far as an answer that calls it is judged by it. */
export interface KnownTool {
  name: string;
  namespace?: string;
  /** Takes free text instead of JSON. */
  custom: boolean;
  toolSearch: boolean;
  /** What its arguments must keep to; absent for tools whose arguments the protocol defines. */
  schema?: JsonSchema;
}

/** The tools of one request: small, and no reference to its conversation. */
export interface KnownTools {
  readonly size: number;
  /** The tool that a decoded call names. */
  get(name: string, namespace: string | undefined): KnownTool | undefined;
  /**
   * The tool that is meant by a name as a model wrote it: the upstream's name, or nearly so (`functions.Bash:0`, `bash`, a
   * namespace with another separator, or none). Undefined where it is not clear.
   */
  resolve(written: string): KnownTool | undefined;
  /** Whether what resolves to a tool may begin so. */
  hasPrefix(written: string): boolean;
}

/** @param origins what the upstream calls differently, see EncodedRequest.tools */
export function createKnownTools(tools: readonly Tool[], origins?: ReadonlyMap<string, ToolOrigin>): KnownTools {
  const byName = new Map<string, KnownTool>();
  for (const tool of tools) {
    const known = describe(tool);
    byName.set(keyOf(known.name, known.namespace), known);
  }
  const byWireName = new Map<string, KnownTool>();
  for (const [wireName, origin] of origins ?? []) {
    byWireName.set(wireName, {
      ...(byName.get(keyOf(origin.name, origin.namespace)) ?? describeOrigin(origin)),
      custom: origin.custom === true,
    });
  }
  for (const known of byName.values()) {
    const written = known.namespace === undefined ? known.name : `${known.namespace}__${known.name}`;
    if (!byWireName.has(written)) byWireName.set(written, known);
  }
  let loose: Map<string, KnownTool | null> | undefined;

  return {
    size: byName.size,
    get: (name, namespace) => byName.get(keyOf(name, namespace)),
    resolve(written) {
      const bare = strip(written);
      const exact = byWireName.get(written) ?? byWireName.get(bare);
      if (exact !== undefined) return exact;
      loose ??= createLooseNames(byWireName);
      return loose.get(loosen(bare)) ?? undefined;
    },
    hasPrefix(written) {
      loose ??= createLooseNames(byWireName);
      const begun = loosen(strip(written));
      for (const name of loose.keys()) {
        if (name.startsWith(begun) || `function${name}`.startsWith(begun) || `functions${name}`.startsWith(begun))
          return true;
      }
      return false;
    },
  };
}

function describe(tool: Tool): KnownTool {
  switch (tool.kind) {
    case "function":
      return {
        name: tool.name,
        custom: false,
        toolSearch: false,
        schema: tool.parameters,
        ...(tool.namespace === undefined ? {} : { namespace: tool.namespace }),
      };
    case "custom":
      return {
        name: tool.name,
        custom: true,
        toolSearch: false,
        ...(tool.namespace === undefined ? {} : { namespace: tool.namespace }),
      };
    case "hosted": {
      const { service } = tool;
      const isSearch = service?.type === "tool-search" && service.method === "client";
      const schema = isSearch ? service.parameters : undefined;
      const known: KnownTool = { name: tool.name, custom: false, toolSearch: isSearch };
      return schema === undefined ? known : { ...known, schema };
    }
  }
}

function describeOrigin({ name, namespace, custom, toolSearch }: ToolOrigin): KnownTool {
  const known: KnownTool = { name, custom: custom === true, toolSearch: toolSearch === true };
  return namespace === undefined ? known : { ...known, namespace };
}

function keyOf(name: string, namespace: string | undefined): string {
  return namespace === undefined ? name : `${namespace}\n${name}`;
}

// Kimi's ids are `functions.{name}:{n}`, and hosts take them for the name.
function strip(written: string): string {
  return written
    .trim()
    .replace(/^functions?[.:/]/, "")
    .replace(/:\d+$/, "");
}

/** Names without case and separators, each with and without its namespace; null: several tools would do. */
function createLooseNames(tools: ReadonlyMap<string, KnownTool>): Map<string, KnownTool | null> {
  const loose = new Map<string, KnownTool | null>();
  const add = (name: string, tool: KnownTool): void => {
    const key = loosen(name);
    const other = loose.get(key);
    loose.set(key, other === undefined || other === tool ? tool : null);
  };
  for (const [wireName, tool] of tools) {
    add(wireName, tool);
    if (tool.namespace !== undefined) add(tool.name, tool);
  }
  return loose;
}

function loosen(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}
