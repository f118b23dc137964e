import type { CacheMark, Extensions } from "./content.ts";
import type { ProtocolName } from "./protocol.ts";

export type JsonSchema = Record<string, unknown>;

/** A tool the client runs itself: `parameters` is the JSON Schema of its arguments. */
export interface FunctionTool {
  kind: "function";
  name: string;
  description?: string;
  parameters: JsonSchema;
  strict?: boolean;
  /** Tool search: not shown to the model until a tool-reference names it. */
  deferred?: boolean;
  namespace?: string;
  cache?: CacheMark;
  extensions?: Extensions;
}

/** A tool that takes free text, perhaps under a grammar (OpenAI custom tools). */
export interface CustomTool {
  kind: "custom";
  name: string;
  description?: string;
  format?: Record<string, unknown>;
  extensions?: Extensions;
}

/** A tool the provider runs (web search, code execution ...), in the words of the protocol that defined it. */
export interface HostedTool {
  kind: "hosted";
  name: string;
  protocol: ProtocolName;
  /** The protocol's own type string, for example `web_search_20250305`. */
  hostedType: string;
  value: Record<string, unknown>;
}

export type Tool = FunctionTool | CustomTool | HostedTool;

export type ToolChoice = { type: "auto" } | { type: "none" } | { type: "required" } | { type: "tool"; name: string };
