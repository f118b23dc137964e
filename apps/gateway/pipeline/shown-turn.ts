import type { ChatEvent } from "@onerouter/protocols";

/** The longest turn that is remembered, in characters: twice what models can say in one. */
const longestTurn = 1024 * 1024;

/** What the client has of the turn that the model is at: where another upstream has to go on if this one breaks off. */
export class ShownTurn {
  #texts = "";
  #thought: string | undefined = undefined;
  #length = 0;
  #open: "text" | "reasoning" | undefined = undefined;
  /** It holds nothing that only the upstream that began it could go on with. */
  canGoOn = true;
  /** Known also of a turn that is not remembered. */
  hasThought = false;

  /** All the text of it, without its thoughts. */
  get text(): string {
    return this.#texts;
  }

  /** The thought that is not at its end. */
  get openThought(): string | undefined {
    return this.#open === "reasoning" ? this.#thought : undefined;
  }

  add(event: ChatEvent): void {
    if (event.type === "block-start" && event.block.type === "reasoning") this.hasThought = true;
    if (!this.canGoOn) return;
    switch (event.type) {
      case "block-start": {
        const { type } = event.block;
        if (type !== "text" && type !== "reasoning") {
          this.giveUp();
          return;
        }
        this.#open = type;
        if (type === "reasoning") this.#thought = "";
        break;
      }
      case "block-delta":
        this.#length += event.text.length;
        if (this.#open === "text") this.#texts += event.text;
        else if (this.#thought !== undefined) this.#thought += event.text;
        if (this.#length > longestTurn) this.giveUp();
        break;
      case "block-stop":
        this.#open = undefined;
        this.#thought = undefined;
        break;
      default:
    }
  }

  /** Remembers no more: nobody will go on with this turn. */
  giveUp(): void {
    this.canGoOn = false;
    this.#texts = "";
    this.#thought = undefined;
  }
}
