import type { ChatAnswer } from "./model/chat-answer.ts";
import type { EmitEvent, ChatEvent } from "./model/chat-event.ts";
import type { ChatRequest } from "./model/chat-request.ts";
import type { ChatError } from "./model/error.ts";
import type { ProtocolName } from "./model/protocol.ts";
import type { Sealer } from "./reasoning/sealer.ts";
import type { Receipt } from "./receipt.ts";
import type { VendorProfile } from "./vendors/profile.ts";

/** Where a request is going: everything an encoder may ask about the upstream. */
export interface EncodeTarget {
  profile: VendorProfile;
  upstreamModel: string;
  /** Who would recognise a native signature: see SealedReasoning.origin. */
  origin: string;
  sealer: Sealer;
  receipt: Receipt;
  /** The endpoint's limit, used as the default where the protocol demands a number. */
  maxOutputTokens?: number;
  /** The client's protocol has no marks for the prompt cache: set them where the upstream caches nothing without. */
  inferCacheMarks?: boolean;
}

/** The client's own tool behind the name that the upstream was shown. */
export interface ToolOrigin {
  name: string;
  namespace?: string;
  /** A free-text tool shown as a function with one string, `input`. */
  custom?: boolean;
  /** The client's own tool search (OpenAI's `tool_search` with `execution: "client"`) shown as a function. */
  toolSearch?: boolean;
}

/** An encoded request: the JSON body and the headers the protocol itself needs (not credentials). */
export interface EncodedRequest {
  body: Record<string, unknown>;
  headers?: Record<string, string>;
  /** Tools whose name or kind the upstream could not take: hand it to the decoder of the answer. */
  tools?: ReadonlyMap<string, ToolOrigin>;
}

export interface DecodeAnswerContext {
  profile: VendorProfile;
  /** `EncodedRequest.tools` of the request this answers. */
  tools?: ReadonlyMap<string, ToolOrigin>;
  /** Makes a fresh id with this prefix, unique in the conversation: `newId("toolu_")`. */
  newId(prefix: string): string;
  /** A call had no id, or that of another call of this answer, and gets a new one. */
  onNewCallId?(): void;
}

export interface EncodeAnswerContext {
  /** The model as the client asked for it: echoed, because clients compare. */
  requestedModel: string;
  /** The answer's id without prefix, letters and digits. */
  id: string;
  /** Unix seconds. */
  created: number;
  /** openai-chat: send the usage chunk. */
  includeUsage?: boolean;
  /** Estimated prompt tokens, for protocols that report input before the upstream does. */
  inputTokensEstimate?: number;
  provider?: string;
  /** gemini: a stream without `alt=sse` is one JSON array. Default `sse`. */
  framing?: "sse" | "json-array";
  /** What `ClientProtocol.echo` gave for the request: fields its answer repeats. */
  echo?: Readonly<Record<string, unknown>>;
}

/** What the path of a request says where the protocol puts it there and not into the body (Gemini). */
export interface RequestPath {
  model: string;
  stream: boolean;
}

/** Turns upstream bytes (already UTF-8 decoded) into events, in order, as they come. */
export interface StreamDecoder {
  write(text: string): void;
  /** The upstream closed its answer. Emits what was held back; without a terminal event: `error`. */
  end(): void;
}

/** Turns events into the client's bytes. */
export interface StreamEncoder {
  encode(event: ChatEvent): string;
  /** A sign of life the client's parser accepts anywhere. */
  keepAlive(): string;
  /**
   * The client has these events of another server's, and the encoder takes its place: numbers, names and what is open go on from
   * there. Absent where none of that comes again.
   * @returns false when nothing but an error can follow
   */
  adopt?(told: string): boolean;
}

export interface EncodedError {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

/** What the express lane has to know to change names and signatures in the upstream's own bytes. */
export interface ExpressContext {
  requestedModel: string;
  origin: string;
  sealer: Sealer;
  /** openai-chat: the client wants the usage chunk that the gateway always asks the upstream for. */
  includeUsage: boolean;
  /** Somebody else may have to go on with the answer: its calls go on when it is complete, all or none. */
  holdsCalls?: boolean;
}

/** Watches an upstream stream go by: forwards its bytes and tells of usage, blocks, finish and errors. */
export interface StreamScanner {
  /**
   * Takes bytes, emits what the meter needs (not text), and gives what to forward: whole events only.
   * `undefined`, on the first write only: this stream is not in the form the lane knows; nothing was consumed.
   */
  write(chunk: Buffer): Buffer | undefined;
  /** The upstream closed: gives what is left to forward, and emits `error` if the answer was incomplete. */
  end(): Buffer;
  /** Content has been forwarded or is in what was just given. */
  readonly contentStarted: boolean;
  /** Characters of content seen, about. */
  readonly contentLength: number;
}

/** Same protocol on both sides, nothing to change but names, credentials and signatures: bytes are forwarded. */
export interface ExpressLane {
  /** The client's own text for this upstream; `undefined` when more than that has to change. */
  rewriteRequest(text: string, request: ChatRequest, target: EncodeTarget): string | undefined;
  /** Changes a whole JSON answer in place. */
  rewriteResponse(body: Record<string, unknown>, context: ExpressContext): void;
  createScanner(context: ExpressContext, emit: EmitEvent): StreamScanner;
}

/** The side that clients speak to. */
export interface ClientProtocol {
  name: ProtocolName;
  /** Where the client's text and the upstream's bytes may be forwarded; absent where they may not. */
  express?: ExpressLane;
  /** Content type of a stream, if it is not server-sent events. */
  streamType?: string;
  /**
   * Client body -> request. Throws RequestError naming the field.
   * @param path only for protocols that name the model in the path
   */
  decodeRequest(body: unknown, path?: RequestPath): ChatRequest;
  /** The small fields of a request that its answers repeat; never the conversation, which an open answer must not hold. */
  echo?(request: ChatRequest): Record<string, unknown>;
  encodeResponse(answer: ChatAnswer, context: EncodeAnswerContext): Record<string, unknown>;
  createStreamEncoder(context: EncodeAnswerContext): StreamEncoder;
  encodeError(error: ChatError, requestId: string): EncodedError;
}

/** The side that speaks to upstreams. */
export interface UpstreamProtocol {
  name: ProtocolName;
  /** Request -> upstream body, in the vendor's dialect. Throws RequestError for what cannot be expressed at all. */
  encodeRequest(request: ChatRequest, target: EncodeTarget): EncodedRequest;
  /** Upstream JSON answer -> the same events a stream would give. */
  decodeResponse(body: unknown, context: DecodeAnswerContext, emit: EmitEvent): void;
  createStreamDecoder(context: DecodeAnswerContext, emit: EmitEvent): StreamDecoder;
  /** Upstream error answer -> our error. `body` is parsed JSON, or the text if it was none. */
  decodeError(status: number, body: unknown, headers: Record<string, string | undefined>): ChatError;
}

/** What every protocol folder exports; the contract suite runs over all of them. */
export interface Protocol extends ClientProtocol, UpstreamProtocol {
  express: ExpressLane;
}
