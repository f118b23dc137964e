import type { BlockStart, EmitEvent } from "../model/chat-event.ts";
import { maxHeld } from "../model/limits.ts";
import type { WireObject } from "../wire/json-object.ts";

type Step =
  | { type: "start"; block: BlockStart }
  | { type: "text"; text: string }
  | { type: "stop"; signature: string | undefined }
  | { type: "opaque"; value: WireObject };

/** One item's place in the answer: what it says goes on at once, or waits until the items before it are whole. */
export interface Slot {
  start(block: BlockStart): void;
  text(text: string): void;
  stop(signature?: string): void;
  /** What only this protocol has a word for, see encode-stream.ts. */
  opaque(value: WireObject): void;
  /** Nothing more will come. */
  close(): void;
}

/** Puts the items of an answer one after the other, in the order in which they began. */
export interface ItemQueue {
  begin(): Slot;
}

export function createItemQueue(emit: EmitEvent): ItemQueue {
  const waiting: Held[] = [];
  let index = -1;
  let held = 0;
  let open: Held | undefined;

  class Held implements Slot {
    readonly steps: Step[] = [];
    isClosed = false;
    start(block: BlockStart): void {
      this.#take({ type: "start", block });
    }
    text(text: string): void {
      if (text !== "") this.#take({ type: "text", text });
    }
    stop(signature?: string): void {
      this.#take({ type: "stop", signature });
    }
    opaque(value: WireObject): void {
      this.#take({ type: "opaque", value });
    }
    close(): void {
      this.isClosed = true;
      if (open === this) advance();
    }
    #take(step: Step): void {
      if (open === this) {
        run(step);
        return;
      }
      this.steps.push(step);
      if (step.type === "text") held += step.text.length;
      if (held > maxHeld) throw new RangeError("the upstream interleaves more than can be held back");
    }
  }

  function run(step: Step): void {
    switch (step.type) {
      case "start":
        emit({ type: "block-start", index: ++index, block: step.block });
        break;
      case "text":
        emit({ type: "block-delta", index, text: step.text });
        break;
      case "stop":
        emit({
          type: "block-stop",
          index,
          ...(step.signature === undefined ? {} : { signature: step.signature }),
        });
        break;
      case "opaque":
        emit({ type: "opaque-event", protocol: "openai-responses", value: step.value });
    }
  }

  function advance(): void {
    while (open?.isClosed !== false) {
      open = waiting.shift();
      if (open === undefined) return;
      for (const step of open.steps) {
        if (step.type === "text") held -= step.text.length;
        run(step);
      }
    }
  }

  return {
    begin() {
      const slot = new Held();
      if (open === undefined) open = slot;
      else waiting.push(slot);
      return slot;
    },
  };
}
