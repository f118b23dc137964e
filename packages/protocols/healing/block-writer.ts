import type { BlockStart, ChatEvent, EmitEvent } from "../model/chat-event.ts";

/** Writes blocks one after the other for a filter that puts in some of its own; keeps the indices. */
export class BlockWriter {
  readonly #emit: EmitEvent;
  #next = 0;
  #isOpen = false;

  constructor(emit: EmitEvent) {
    this.#emit = emit;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Begins a block. @param event used as it is if its index is right */
  open(block: BlockStart, event?: Extract<ChatEvent, { type: "block-start" }>): void {
    const index = this.#next++;
    this.#isOpen = true;
    this.#emit(event?.index === index ? event : { type: "block-start", index, block });
  }

  /** Adds to the open block. */
  text(text: string, event?: Extract<ChatEvent, { type: "block-delta" }>): void {
    const index = this.#next - 1;
    this.#emit(event?.index === index ? event : { type: "block-delta", index, text });
  }

  /** Ends the open block. @param event with the signature; used as it is if its index is right */
  close(event?: Extract<ChatEvent, { type: "block-stop" }>): void {
    this.#isOpen = false;
    const index = this.#next - 1;
    this.#emit(event?.index === index ? event : { ...event, type: "block-stop", index });
  }
}
