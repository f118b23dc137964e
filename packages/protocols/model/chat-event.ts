import type { Extensions, ToolSearchPart, WebSearchPart } from "./content.ts";
import type { ChatError } from "./error.ts";
import type { FinishReason } from "./finish-reason.ts";
import type { ProtocolName } from "./protocol.ts";
import type { Usage } from "./usage.ts";

/** What a block holds, told when it opens. */
export type BlockStart =
  | { type: "text" }
  | { type: "reasoning"; redacted?: string }
  | { type: "refusal" }
  | { type: "tool-call"; id: string; name: string; custom?: boolean; namespace?: string; toolSearch?: boolean }
  /** Whole at once; no deltas follow. */
  | WebSearchPart
  | ToolSearchPart
  /** Whole at once; no deltas follow. */
  | { type: "opaque"; protocol: ProtocolName; value: Record<string, unknown> };

/**
 * One step of an answer. The grammar, kept by every decoder and relied on by every encoder:
 *
 *     start (block-start block-delta* block-stop)* finish        or at any point: error, and nothing after it
 *
 * Blocks never overlap and their indices run 0, 1, 2 ... `usage` may come anywhere between start and finish and replaces
 * what was known; `finish.usage` is final. `opaque-event` is a wire event of one protocol (a ping, a citation delta)
 * that only an encoder of that protocol passes on.
 */
export type ChatEvent =
  | { type: "start"; id: string; model: string; usage?: Usage }
  | { type: "block-start"; index: number; block: BlockStart }
  /** Text of the block: visible text, thought, refusal, or a piece of the arguments. Never empty. */
  | { type: "block-delta"; index: number; text: string }
  /** `signature` closes a reasoning block: native from a decoder, sealed after reasoning/seal-events. */
  | { type: "block-stop"; index: number; signature?: string }
  | { type: "usage"; usage: Usage }
  | { type: "opaque-event"; protocol: ProtocolName; value: Record<string, unknown> }
  /** `extensions`: fields of the end that only one protocol knows. */
  | {
      type: "finish";
      reason: FinishReason;
      stopSequence?: string;
      usage: Usage;
      usageMissing?: boolean;
      extensions?: Extensions;
    }
  | { type: "error"; error: ChatError };

export type EmitEvent = (event: ChatEvent) => void;
