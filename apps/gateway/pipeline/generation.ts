import type { Model } from "@onerouter/catalog";
import type { AttemptReceipt, ChatError, ChatRequest, ClientProtocol, DocumentPart } from "@onerouter/protocols";
import type { PdfText } from "../documents/pdf-text.ts";
import type { AttemptRecord } from "../metering/generation-record.ts";
import { createMeter, type Meter } from "../metering/meter.ts";
import type { Spending } from "../metering/spending.ts";
import type { RequestNeeds } from "../routing/request-needs.ts";
import type { Candidate, RoutePlan } from "../routing/route-plan.ts";
import type { ServerToolRound } from "../server-tools/server-tool-round.ts";
import { ContinuedAnswer } from "./continued-answer.ts";
import type { Exchange } from "./downstream.ts";
import type { ForwardedBytes } from "./forwarded-bytes.ts";
import { Continuation, noEmulation, type Emulation } from "./emulation.ts";
import type { InferenceContext, Setup } from "./inference-context.ts";
import type { OpenAnswer } from "./answer/open-answer.ts";
import type { GatewayFields } from "./fields/read-gateway-fields.ts";
import type { LossesByEndpoint } from "./refuse-losses.ts";

export interface GenerationStart {
  readonly id: string;
  readonly exchange: Exchange;
  readonly context: InferenceContext;
  readonly setup: Setup;
  readonly protocol: ClientProtocol;
  readonly request: ChatRequest;
  readonly fields: GatewayFields;
  readonly model: Model;
  readonly needs: Pick<RequestNeeds, "session" | "tools" | "turns" | "promptBytes" | "mediaTokens">;
  readonly plan: RoutePlan;
  readonly answer: OpenAnswer;
  readonly receipt: AttemptReceipt;
  /** Reads the exchange's body once more. */
  readonly decodeAgain: () => { request: ChatRequest; fields: GatewayFields };
  /** Another upstream goes on with an answer that breaks off. */
  readonly resumes: boolean;
}

/** The call that is under way at an upstream, as far as the client's connection can act on it. */
export interface UpstreamControl {
  /** The client is gone. */
  abort(): void;
  /** The client has read what was written: go on. */
  resume(): void;
  /** It takes longer than the client wants to wait; somebody else is asked. */
  giveUp?(error: ChatError): void;
}

/** One request on its way through the pipeline, with what the stages have learnt of it. Lives as long as its exchange. */
export class Generation implements GenerationStart {
  readonly id: string;
  readonly exchange: Exchange;
  readonly context: InferenceContext;
  readonly setup: Setup;
  readonly protocol: ClientProtocol;
  request: ChatRequest;
  /** What the request says to the gateway itself. */
  fields: GatewayFields;
  /** Length of the request's body, in bytes. */
  readonly promptLength: number;
  /** Our tokenizer's count of the prompt, if it was asked for. */
  countedTokens: Promise<number | undefined> | undefined = undefined;
  readonly model: Model;
  /** What the request asked of endpoints, and which were chosen for it. */
  readonly needs: GenerationStart["needs"];
  readonly plan: RoutePlan;
  readonly answer: OpenAnswer;
  /** The answer as the upstream calls write it that go through the hub, one after the other. */
  continued: ContinuedAnswer;
  /** What the gateway has added to the conversation while it answers. */
  continuation = new Continuation();
  /** What the gateway does in place of the upstream that is being asked. */
  emulation: Emulation = noEmulation;
  /** The call to the upstream, if the model may call tools of the gateway's in it. */
  round: ServerToolRound | undefined = undefined;
  /** The PDFs of the request that were read, for a model that takes none. */
  readonly pdfTexts = new WeakMap<DocumentPart, PdfText>();
  meter: Meter;
  /** Called once, when the current attempt has its first content. */
  onContent: (() => void) | undefined = undefined;
  /** What the answer of the current attempt lost of the request. */
  readonly receipt: AttemptReceipt;
  /** Endpoints that were left out because they would have lost too much. */
  readonly refused: LossesByEndpoint = new Map();
  readonly attempts: AttemptRecord[] = [];
  /** What each attempt took that came to its end, in the order of `attempts`; the others have none. */
  readonly spendings: Array<Spending | undefined> = [];
  /** The candidate that is giving, or gave, the answer. */
  candidate: Candidate | undefined = undefined;
  expressLane = false;
  /** What the express lane has forwarded in the current attempt, as long as somebody else could go on with it. */
  forwarded: ForwardedBytes | undefined = undefined;
  /** The current attempt has begun to call a tool. */
  callBegun = false;
  resumes: boolean;
  /** The attempt before came to its end, but its tool calls were of no use. */
  askedAgain = false;
  /** An upstream has refused the thoughts of the conversation: from now on none is sent. */
  leavesThoughtsOut = false;
  aborted = false;
  error: ChatError | undefined = undefined;
  upstream: UpstreamControl | undefined = undefined;
  readonly decodeAgain: GenerationStart["decodeAgain"];
  #isForgotten = false;
  /** What the model calls or gives may be of no use. */
  #mayAskAgain = true;

  constructor(start: GenerationStart) {
    this.id = start.id;
    this.exchange = start.exchange;
    this.context = start.context;
    this.setup = start.setup;
    this.protocol = start.protocol;
    this.request = start.request;
    this.fields = start.fields;
    this.promptLength = start.exchange.body.length;
    this.model = start.model;
    this.needs = start.needs;
    this.plan = start.plan;
    this.answer = start.answer;
    this.receipt = start.receipt;
    this.decodeAgain = start.decodeAgain;
    this.resumes = start.resumes && start.request.stream;
    const { answer } = start;
    this.continued = new ContinuedAnswer((event) => answer.emit(event), !start.request.stream, this.resumes);
    this.meter = createMeter(start.context.now);
    const { downstream } = start.exchange;
    downstream.onClose(() => {
      this.aborted = true;
      this.upstream?.abort();
    });
    downstream.onDrain(() => this.upstream?.resume());
  }

  /** The same request, to be asked for beside this one, in an answer of its own. */
  fork(answer: OpenAnswer, receipt: AttemptReceipt): Generation {
    const { id, exchange, context, setup, protocol, request, fields, model, needs, plan, decodeAgain, resumes } = this;
    const base = { id, exchange, context, setup, protocol, request, fields, model, needs, plan, decodeAgain, resumes };
    const twin = new Generation({ ...base, answer, receipt });
    twin.continuation = this.continuation;
    return twin;
  }

  /** Goes on as the other one, which gives the answer. */
  adopt(twin: Generation): void {
    this.continued = twin.continued;
    this.meter = twin.meter;
    this.candidate = twin.candidate;
    this.emulation = twin.emulation;
    this.round = twin.round;
    this.expressLane = twin.expressLane;
    this.forwarded = twin.forwarded;
    this.callBegun = twin.callBegun;
    this.resumes = twin.resumes;
    this.receipt.beginAttempt();
    for (const { action, field, reason } of twin.receipt.entries) this.receipt.note(action, field, reason);
  }

  /** The client has content of the current attempt. */
  hasShown(): boolean {
    return this.continued.isContinued ? this.continued.written : this.answer.contentStarted;
  }

  /**
   * Lets go of the conversation once content has been sent: an agent's prompt has megabytes, in several forms, and its answer
   * takes minutes. Where somebody else may have to go on with the answer the body stays, in bytes; also where there are tools, or
   * a form that the answer must have, since a call or an answer that is of no use is asked for again, and the gateway's own
   * tools are answered.
   */
  forgetPrompt(): void {
    if (this.#isForgotten) return;
    this.#isForgotten = true;
    this.#mayAskAgain = !this.expressLane && (this.request.tools.length > 0 || this.emulation.output !== undefined);
    if (!this.resumes && !this.#mayAskAgain) this.exchange.body = nothing;
    this.request = { ...this.request, system: [], messages: [], tools: [], extensions: {} };
    this.fields = { ...this.fields, wire: {} };
  }

  /** Nobody else will go on with this answer: it has grown too long. */
  stopResuming(): void {
    this.resumes = false;
    this.forwarded = undefined;
    if (this.#isForgotten && !this.#mayAskAgain) this.exchange.body = nothing;
  }

  /** Has the request whole again. @returns false when it is gone for good */
  recallPrompt(): boolean {
    if (!this.#isForgotten) return true;
    if (this.exchange.body === nothing) return false;
    const { request, fields } = this.decodeAgain();
    this.request = request;
    this.fields = fields;
    this.#isForgotten = false;
    return true;
  }
}

const nothing = Buffer.alloc(0);
