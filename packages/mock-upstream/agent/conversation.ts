import type { JsonObject } from "../json-object.ts";

/** A call the assistant made earlier. */
export type PastCall = { id: string; name: string; argumentsText: string };

/** What the client answered to a call. */
export type PastResult = { callId: string; text: string; isError: boolean };

/** One message of the history. Tool results are user messages, whichever role the protocol gives them. */
export type ConversationMessage = {
  role: "system" | "user" | "assistant";
  texts: string[];
  calls: PastCall[];
  results: PastResult[];
};

export type OfferedTool = {
  name: string;
  description: string;
  schema: JsonObject;
  /** The group a tool belongs to, where the protocol has groups. */
  namespace?: string;
  /** A tool that takes plain text, or the search for deferred tools; else a function. */
  kind?: "custom" | "tool-search";
};

export type ToolChoice = { type: "auto" } | { type: "none" } | { type: "required" } | { type: "named"; name: string };

/** What the agent needs to know of a request, in no protocol's words. Each protocol folder reads its wire into this. */
export type Conversation = {
  model: string;
  messages: ConversationMessage[];
  tools: OfferedTool[];
  /** Whether the provider itself can search the web in this request. */
  searchesWeb?: boolean;
  toolChoice: ToolChoice;
  /** Whether the model thinks in this request. */
  thinks: boolean;
  /** The schema a structured answer must obey, or "any" when any JSON object will do. */
  answerSchema?: JsonObject | "any";
  maxTokens?: number;
  stop: string[];
  /** The start of the answer, given by the client as a last assistant message. */
  prefill?: string;
};

/** A piece of the assistant's turn. `argumentsText` is what goes over the wire; faults may garble it. */
export type TurnPart = { type: "reasoning"; text: string } | { type: "text"; text: string } | CallPart | SearchPart;

/** `input` of a custom tool holds its text as `input`; `argumentsText` is that text itself then. */
export type CallPart = {
  type: "call";
  name: string;
  namespace?: string;
  kind?: OfferedTool["kind"];
  input: JsonObject;
  argumentsText: string;
};

/** A search that the provider itself ran; `text` is the query. */
export type SearchPart = { type: "search"; text: string; sources: Source[] };

/** A page that the provider's own web search found. */
export type Source = { url: string; title: string; text: string };

export type Turn = { parts: TurnPart[]; finish: "stop" | "calls" | "length"; stoppedAt?: string };
