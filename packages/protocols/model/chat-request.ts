import type { ContentPart, Extensions, TextPart } from "./content.ts";
import type { JsonSchema, Tool, ToolChoice } from "./tool.ts";

/** Tool results are parts of user messages; `system` inside messages is a mid-conversation instruction. */
export interface Message {
  role: "system" | "user" | "assistant";
  content: ContentPart[];
  extensions?: Extensions;
}

export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";

/** How much the model should think. Absent: the provider's default. */
export interface ReasoningRequest {
  mode: "off" | "auto" | "budget";
  /** Only for mode `budget`: tokens. */
  budgetTokens?: number;
  effort?: ReasoningEffort;
  /** Only the effort was asked for; whether the model thinks was left to the provider. */
  effortOnly?: boolean;
  /** How thoughts are shown: Anthropic's `display`, OpenAI's `summary`. */
  display?: string;
}

/** What a schema is called where the client's protocol has no name for it. */
export const unnamedFormat = "answer";

export type OutputFormat =
  /** `unsaid`: the client's protocol asks by this field alone, so that the prompt need not have the word JSON in it. */
  | { type: "json-object"; unsaid?: true }
  | { type: "json-schema"; name: string; schema: JsonSchema; strict?: boolean; description?: string };

export interface Sampling {
  temperature?: number;
  topP?: number;
  topK?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  seed?: number;
}

/** One inference request, in no provider's words. `maxOutputTokens` counts reasoning too. */
export interface ChatRequest {
  model: string;
  system: TextPart[];
  messages: Message[];
  tools: Tool[];
  toolChoice?: ToolChoice;
  parallelToolCalls?: boolean;
  maxOutputTokens?: number;
  stopSequences?: string[];
  sampling: Sampling;
  reasoning?: ReasoningRequest;
  outputFormat?: OutputFormat;
  /** Opaque end-user id (Anthropic metadata.user_id, OpenAI user). */
  userId?: string;
  stream: boolean;
  /** openai-chat only: the client asked for the usage chunk. */
  includeUsage?: boolean;
  /** Top-level fields of the client's protocol that the hub has no word for. */
  extensions: Extensions;
}
