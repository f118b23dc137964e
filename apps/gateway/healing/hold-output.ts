import { maxHeld, type ChatEvent, type EmitEvent, type FinishReason, type OutputFormat } from "@onerouter/protocols";
import { checkOutput, type OutputVerdict } from "./check-output.ts";
import type { SchemaCompiler } from "./compile-schema.ts";

export interface HoldOutputOptions {
  format: OutputFormat;
  compiler: SchemaCompiler;
  onMended(): void;
  /** The answer has come to its end and is not what was asked for; nothing of its text was passed on. */
  onInvalid(text: string, reason: string): void;
}

/** Ends after which the answer is as whole as it will be. */
const whole: ReadonlySet<FinishReason> = new Set(["stop", "stop-sequence"]);

/**
 * Holds the text of an answer that must be JSON until it is known to be. Thoughts before it go on as they come. Once the
 * model calls a tool, its text is not the answer.
 */
export function holdOutput(options: HoldOutputOptions, emit: EmitEvent): EmitEvent {
  /** From the first text on; undefined before, and after the text has turned out not to be the answer. */
  let held: ChatEvent[] | undefined;
  let heldLength = 0;
  let isAnswer = true;
  /** The block that is being held. */
  let textIndex = -1;
  let text = "";

  function release(): void {
    isAnswer = false;
    const waiting = held ?? [];
    held = undefined;
    for (const event of waiting) emit(event);
  }

  function finish(event: Extract<ChatEvent, { type: "finish" }>): void {
    const verdict: OutputVerdict = whole.has(event.reason)
      ? checkOutput(text, options.format, options.compiler)
      : { type: "fine" };
    if (verdict.type === "invalid") {
      options.onInvalid(text, verdict.reason);
      return;
    }
    if (verdict.type === "mended") {
      options.onMended();
      held = [...(held ?? []).filter((one) => !isText(one)), ...writeText(verdict.text)];
    }
    release();
    emit(event);
  }

  const texts = new Set<number>();
  function isText(event: ChatEvent): boolean {
    return "index" in event && texts.has(event.index);
  }

  return (event) => {
    if (!isAnswer || event.type === "usage") return emit(event);
    if (event.type === "finish") return finish(event);
    if (event.type === "block-start" && (event.block.type === "tool-call" || event.block.type === "refusal")) release();
    if (event.type === "block-start" && event.block.type === "text") {
      held ??= [];
      textIndex = event.index;
      texts.add(event.index);
    }
    if (held === undefined) return emit(event);
    held.push(event);
    if (event.type !== "block-delta") return;
    heldLength += event.text.length;
    if (event.index === textIndex) text += event.text;
    if (heldLength > maxHeld) release();
  };
}

/** One block; whoever numbers the blocks of the answer gives it its index. */
function writeText(text: string): ChatEvent[] {
  return [
    { type: "block-start", index: 0, block: { type: "text" } },
    { type: "block-delta", index: 0, text },
    { type: "block-stop", index: 0 },
  ];
}
