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
export class ItemQueue {
  readonly #emit: EmitEvent;
  readonly #waiting: QueuedItem[] = [];
  #open: QueuedItem | undefined;
  #index = -1;
  #held = 0;

  constructor(emit: EmitEvent) {
    this.#emit = emit;
  }

  begin(): Slot {
    const item = new QueuedItem(this);
    if (this.#open === undefined) this.#open = item;
    else this.#waiting.push(item);
    return item;
  }

  /** @throws RangeError when too much has to wait */
  take(item: QueuedItem, step: Step): void {
    if (this.#open === item) {
      this.#run(step);
      return;
    }
    item.steps.push(step);
    if (step.type === "text") this.#held += step.text.length;
    if (this.#held > maxHeld) throw new RangeError("the upstream interleaves more than can be held back");
  }

  /** An item is whole: those behind it may go on, up to one that is not. */
  advance(): void {
    while (this.#open?.isClosed !== false) {
      this.#open = this.#waiting.shift();
      if (this.#open === undefined) return;
      for (const step of this.#open.steps) {
        if (step.type === "text") this.#held -= step.text.length;
        this.#run(step);
      }
    }
  }

  #run(step: Step): void {
    switch (step.type) {
      case "start":
        this.#emit({ type: "block-start", index: ++this.#index, block: step.block });
        break;
      case "text":
        this.#emit({ type: "block-delta", index: this.#index, text: step.text });
        break;
      case "stop":
        this.#emit({
          type: "block-stop",
          index: this.#index,
          ...(step.signature === undefined ? {} : { signature: step.signature }),
        });
        break;
      case "opaque":
        this.#emit({ type: "opaque-event", protocol: "openai-responses", value: step.value });
    }
  }
}

class QueuedItem implements Slot {
  readonly steps: Step[] = [];
  isClosed = false;
  readonly #queue: ItemQueue;

  constructor(queue: ItemQueue) {
    this.#queue = queue;
  }

  start(block: BlockStart): void {
    this.#queue.take(this, { type: "start", block });
  }
  text(text: string): void {
    if (text !== "") this.#queue.take(this, { type: "text", text });
  }
  stop(signature?: string): void {
    this.#queue.take(this, { type: "stop", signature });
  }
  opaque(value: WireObject): void {
    this.#queue.take(this, { type: "opaque", value });
  }
  close(): void {
    this.isClosed = true;
    this.#queue.advance();
  }
}
