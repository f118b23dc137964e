import type { Answer, Refusal, WireEvent } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import type { JsonObject } from "./json-object.ts";

/** A request as it came over the wire. */
export type Incoming = { method: string; url: string; headers: Exchange["headers"]; text: string };

/** What the server needs of one protocol in one dialect. Each protocol folder makes one of these. */
export type ProtocolServer = {
  /** The API key of the request, empty when there is none. `url` is the path with the query. */
  readKey(headers: Exchange["headers"], url: string): string;
  /** The refusal of a missing or unknown key. */
  unauthorized(apiKey: string): Refusal;
  /** Checks what the key alone does not show, such as a signature. @throws Refusal */
  verify?(incoming: Incoming, known: { awsSecretKeys: ReadonlyMap<string, string>; now: number }): void;
  /** Answers, or throws a Refusal. */
  answer(exchange: Exchange): Answer;
  listModels(now: number): JsonObject;
  errorBody(refusal: Refusal, requestId: string): JsonObject | JsonObject[];
  /** Headers of a refusal beside those of every answer. */
  errorHeaders?(refusal: Refusal): Record<string, string>;
  /** The refusal that this provider sends with a status, for the status faults. */
  statusRefusal(status: number): Refusal;
  /** The event that reports an error inside a stream. */
  errorEvent(type: string): WireEvent;
  /** Headers on every answer. */
  headers(requestId: string): Record<string, string>;
};
