import type { FinishReason, ProtocolName, ReceiptEntry, Usage } from "@onerouter/protocols";

/** One attempt at an upstream within a generation. Times in milliseconds. */
export interface AttemptRecord {
  provider: string;
  upstreamModel: string;
  startedAt: number;
  durationMs: number;
  /** Our error code, "ok", "hedged" for one that another attempt beside it was faster than, or "invalid_tool_call" for an answer whose tool calls were of no use. */
  outcome: string;
  status?: number;
  /** What it took, where several attempts took something. */
  usage?: Usage;
  /** Picodollars, in digits. */
  cost?: string | null;
}

/** One served request: what was asked, who answered, what it took and cost. Holds no content. */
export interface GenerationRecord {
  id: string;
  createdAt: number;
  keyId: string;
  sessionId: string | null;
  clientProtocol: ProtocolName;
  upstreamProtocol: ProtocolName | null;
  requestedModel: string;
  model: string | null;
  provider: string | null;
  upstreamModel: string | null;
  streamed: boolean;
  expressLane: boolean;
  /** HTTP status of the answer; where a stream without content told an error, the status of that error. */
  status: number;
  errorCode: string | null;
  /** True when the client went away before the end. */
  aborted: boolean;
  finishReason: FinishReason | null;
  usage: Usage;
  /** `upstream` as reported, `estimated` from the bytes sent when the upstream's report never came, `none` when nothing was generated. */
  usageSource: "upstream" | "estimated" | "none";
  /** Picodollars (1e-12 USD); null when the endpoint has no price: unpriced is not free. */
  costPicodollars: bigint | null;
  /** Milliseconds from the request's arrival to the first content byte sent, and to the end. */
  ttftMs: number | null;
  durationMs: number;
  attempts: AttemptRecord[];
  receipt: readonly ReceiptEntry[];
  /** The candidates in the order they were to be tried, and why; null where none was made. */
  plan: Readonly<Record<string, unknown>> | null;
}

/** What metering needs from storage. */
export interface GenerationStore {
  /** Writes a batch in one durable transaction; idempotent by id. */
  append(records: readonly GenerationRecord[]): Promise<void>;
  find(id: string): Promise<GenerationRecord | undefined>;
}
