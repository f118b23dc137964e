import type { Refusal } from "../../answer.ts";
import type { Exchange } from "../../exchange.ts";
import type { JsonObject } from "../../json-object.ts";
import type { ReasoningForm } from "../write-reasoning.ts";

/** Tokens of one answer, before any vendor's spelling of them. */
export type ChatUsage = { prompt: number; cached: number; completion: number; reasoning: number };

/** How one vendor's version of the chat protocol differs from the others. */
export type ChatDialect = {
  name: string;
  /** Models for GET /v1/models. */
  models: string[];
  knowsModel(model: string): boolean;
  unknownModel(model: string): Refusal;
  contextWindow(model: string): number;
  overflow(model: string, promptTokens: number, limit: number): Refusal;
  /** Fields a request may have at its top level; undefined lets everything pass. */
  requestFields: ReadonlySet<string> | undefined;
  unknownField(field: string): Refusal;
  messageFields: ReadonlySet<string>;
  /** Roles other than the usual ones that the vendor does not know. */
  unknownRoles?: readonly string[];
  /** How many stop sequences it takes; absent: any number. */
  maxStops?: number;
  partTypes: ReadonlySet<string>;
  /** The vendor's further words for tool_choice. */
  toolChoiceWords?: readonly string[];
  /** Fields a content part may have beside its own. */
  partExtras?: ReadonlySet<string>;
  /** Fields a tool may have beside its own. */
  toolExtras?: readonly string[];
  invalidPart(at: number, role: string, type: string): Refusal;
  orphanResult(id: string): Refusal;
  unansweredCalls(ids: string[]): Refusal;
  /** Whether the model thinks when asked like this. */
  thinks(model: string, body: JsonObject): boolean;
  /** Where the thinking is shown in the answer to this request. */
  reasoningForm(body: JsonObject): ReasoningForm;
  callId(index: number, name: string, randomId: (length: number) => string): string;
  errorBody(refusal: Refusal): JsonObject;
  usage(usage: ChatUsage): JsonObject;
  /** Moonshot puts the usage inside the last choice of a stream, whether asked for or not. */
  usageInChoice: boolean;
  /** Sends the usage with the last chunk of a stream, whether asked for or not. */
  usageInLast?: boolean;
  /** Sends a call's arguments in one piece. */
  wholeCalls?: boolean;
  /** Servers of one's own take requests without a key. */
  keyOptional?: boolean;
  /** Z.ai repeats the role in every chunk. */
  repeatsRole: boolean;
  unauthorized(apiKey: string): Refusal;
  /** The vendor's own rules, after the general ones. */
  checkRules(exchange: Exchange): void;
};
