import type { Model } from "@onerouter/catalog";
import { createReceipt, type ChatError, type ChatRequest, type Protocol, type Receipt } from "@onerouter/protocols";
import type { Principal } from "../identity/api-key.ts";
import type { AttemptRecord } from "../metering/generation-record.ts";
import { createMeter, type Meter } from "../metering/meter.ts";
import type { Candidate } from "../routing/route-plan.ts";
import type { Exchange } from "./downstream.ts";
import type { InferenceContext, Setup } from "./inference-context.ts";
import type { OpenAnswer } from "./open-answer.ts";

/** One request on its way through the pipeline, with what the stages have learnt of it. */
export interface Generation {
  readonly id: string;
  readonly exchange: Exchange;
  readonly context: InferenceContext;
  readonly setup: Setup;
  readonly protocol: Protocol;
  readonly principal: Principal;
  readonly request: ChatRequest;
  readonly model: Model;
  readonly meter: Meter;
  readonly receipt: Receipt;
  readonly answer: OpenAnswer;
  readonly attempts: AttemptRecord[];
  /** The candidate that is giving, or gave, the answer. */
  candidate: Candidate | undefined;
  expressLane: boolean;
  aborted: boolean;
  error: ChatError | undefined;
  currentAbort: (() => void) | undefined;
  currentResume: (() => void) | undefined;
}

export type GenerationStart = Pick<
  Generation,
  "id" | "exchange" | "context" | "setup" | "protocol" | "principal" | "request" | "model" | "answer"
>;

export function createGeneration(start: GenerationStart): Generation {
  const generation: Generation = {
    ...start,
    meter: createMeter(start.context.now),
    receipt: createReceipt(),
    attempts: [],
    candidate: undefined,
    expressLane: false,
    aborted: false,
    error: undefined,
    currentAbort: undefined,
    currentResume: undefined,
  };
  const { downstream } = start.exchange;
  downstream.onClose(() => {
    generation.aborted = true;
    generation.currentAbort?.();
  });
  downstream.onDrain(() => generation.currentResume?.());
  return generation;
}
