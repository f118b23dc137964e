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
  /** As for function tools. */
  deferred?: boolean;
  namespace?: string;
  extensions?: Extensions;
}

/** What a hosted tool does, where the gateway can do it for models whose provider does not. */
export type HostedService =
  | {
      type: "web-search";
      maxUses?: number;
      allowedDomains?: readonly string[];
      blockedDomains?: readonly string[];
      userLocation?: Readonly<Record<string, unknown>>;
    }
  /** Finds deferred tools. `client`: the client itself searches, and is called like a function. */
  | { type: "tool-search"; method: "regex" | "bm25" | "client"; description?: string; parameters?: JsonSchema };

/** A tool the provider runs (web search, code execution ...), in the words of the protocol that defined it. */
export interface HostedTool {
  kind: "hosted";
  name: string;
  protocol: ProtocolName;
  /** The protocol's own type string, for example `web_search_20250305`. */
  hostedType: string;
  value: Record<string, unknown>;
  service?: HostedService;
}

export type Tool = FunctionTool | CustomTool | HostedTool;

export type ToolChoice = { type: "auto" } | { type: "none" } | { type: "required" } | { type: "tool"; name: string };
