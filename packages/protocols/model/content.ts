import type { ProtocolName } from "./protocol.ts";

/** Fields a protocol carries that the hub has no word for, kept for the way back to that same protocol. */
export type Extensions = Partial<Record<ProtocolName, Record<string, unknown>>>;

/** A prompt-cache breakpoint after the part that carries it. */
export interface CacheMark {
  ttl: "5m" | "1h";
}

/** Bytes of an image or a document: inline base64, a URL the upstream fetches, or a file stored at the provider. */
export type MediaSource =
  | { kind: "base64"; mediaType: string; data: string }
  | { kind: "url"; url: string; mediaType?: string }
  | { kind: "file"; fileId: string };

export interface TextPart {
  type: "text";
  text: string;
  cache?: CacheMark;
  extensions?: Extensions;
}

export interface ImagePart {
  type: "image";
  source: MediaSource;
  detail?: string;
  cache?: CacheMark;
  extensions?: Extensions;
}

/** A PDF or plain-text document. */
export interface DocumentPart {
  type: "document";
  source: MediaSource | { kind: "text"; text: string };
  title?: string;
  cache?: CacheMark;
  extensions?: Extensions;
}

/**
 * What a model thought. `signature` is the opaque string the client sent back (on requests: usually our envelope,
 * see reasoning/sealer.ts) or the provider's native one (on answers, before sealing).
 * With `redacted` the thought itself is opaque data and `text` is empty.
 */
export interface ReasoningPart {
  type: "reasoning";
  text: string;
  signature?: string;
  redacted?: string;
  extensions?: Extensions;
}

/** A call the model makes. `arguments` is JSON text for function tools, free text for custom ones; never parsed here. */
export interface ToolCallPart {
  type: "tool-call";
  id: string;
  name: string;
  arguments: string;
  custom?: boolean;
  namespace?: string;
  /** A search for tools that the client makes itself (OpenAI's `tool_search` with `execution: "client"`). */
  toolSearch?: boolean;
  cache?: CacheMark;
  extensions?: Extensions;
}

/** What a call returned, in a user message. */
export interface ToolResultPart {
  type: "tool-result";
  callId: string;
  content: Array<TextPart | ImagePart | DocumentPart | ToolReferencePart | OpaquePart>;
  isError?: boolean;
  cache?: CacheMark;
  extensions?: Extensions;
}

/** Tool search's answer: the tool named here is loaded from now on. */
export interface ToolReferencePart {
  type: "tool-reference";
  name: string;
}

export interface RefusalPart {
  type: "refusal";
  text: string;
}

/** A block only one protocol knows (server tool results, citations ...): goes back to that protocol unchanged. */
export interface OpaquePart {
  type: "opaque";
  protocol: ProtocolName;
  value: Record<string, unknown>;
}

export interface WebSearchResult {
  url: string;
  title: string;
  /** What the model reads of the page. */
  text?: string;
  pageAge?: string;
}

/** One web search that was made for the model while it answered, with what it found. */
export interface WebSearchPart {
  type: "web-search";
  id: string;
  query: string;
  results: WebSearchResult[];
  /** Why there are no results, in Anthropic's words (`max_uses_exceeded`, `unavailable` ...). */
  error?: string;
}

/** One search for deferred tools that was made for the model while it answered; the tools named are loaded from now on. */
export interface ToolSearchPart {
  type: "tool-search";
  id: string;
  query: string;
  method?: "regex" | "bm25";
  tools: string[];
  error?: string;
}

export type ContentPart =
  | TextPart
  | ImagePart
  | DocumentPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | ToolReferencePart
  | RefusalPart
  | WebSearchPart
  | ToolSearchPart
  | OpaquePart;

/** The parts a model can produce. */
export type AnswerPart =
  | TextPart
  | ReasoningPart
  | ToolCallPart
  | RefusalPart
  | WebSearchPart
  | ToolSearchPart
  | OpaquePart;
