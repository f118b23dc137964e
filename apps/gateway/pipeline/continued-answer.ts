import { maxHeld, noUsage, type BlockStart, type ChatEvent, type EmitEvent, type Usage } from "@onerouter/protocols";
import { ShownTurn } from "./shown-turn.ts";

type Finish = Extract<ChatEvent, { type: "finish" }>;

/**
 * One answer written by several upstream calls, one after the other: one start, block indices that go on, one finish.
 *
 *     answer.begin(); answer.write(...);   // a thought, a text, then a call of a tool that is the gateway's own
 *     answer.keep("further");              // its blocks stay, its finish is withheld
 *     answer.write(...);                   // blocks of the gateway's own, such as the tool's result; any index
 *     answer.begin(); answer.write(...);   // what the model says to it
 *     answer.complete();                   // the latest finish, once
 *
 * A call that failed is followed by another `begin`; as long as `written` is false, the client has nothing of it. One whose
 * tool calls were of no use is told once more: after `keep("again")`, a text is not shown a second time before a tool call; the
 * thought that led to the call is. After `goOn` the next call goes on where the one before it broke off: its text continues the
 * text that is open, its thoughts, which would part that text, are shown behind it if they lead to a call.
 *
 * What the client is told of the usage: the prompt of the latest call, which is how long its conversation is (agents
 * compact by that number), and the output of all calls. The record has every call's own.
 */
export class ContinuedAnswer {
  readonly #emit: EmitEvent;
  /** Nothing reaches the client before the end, so a later call waits here until it has succeeded. */
  readonly #folded: boolean;
  readonly #remembers: boolean;
  #waiting: ChatEvent[] | undefined;
  /** Index of the next block, and of the first block of the current call. */
  #next = 0;
  #firstOfCall = 0;
  #open: BlockStart["type"] | undefined = undefined;
  #how: "afresh" | "further" | "again" | "on" = "afresh";
  /** Kinds of block that the client has of this turn of the model. */
  #shown = { reasoning: false, text: false };
  /** What a turn told once more, or gone on with, begins with. */
  #lead: ChatEvent[] | undefined;
  #leadLength = 0;
  /** Thoughts of the current call that came before a text which is gone on with. */
  #thoughts: ChatEvent[] | undefined;
  /** Output of the calls before the current one. */
  #earlier: Usage = noUsage;
  #latest: Usage = noUsage;
  #finish: Finish | undefined;
  /** Something of the current call has gone on to the client. */
  written = false;
  /** What the client has of this turn of the model. */
  turn = new ShownTurn();

  /**
   * @param folded the answer is sent whole
   * @param remembers the turn may have to be gone on with
   */
  constructor(emit: EmitEvent, folded: boolean, remembers = false) {
    this.#emit = emit;
    this.#folded = folded;
    this.#remembers = remembers && !folded;
    if (!this.#remembers) this.turn.giveUp();
  }

  /** There are blocks of earlier calls that stay in the answer. */
  get isContinued(): boolean {
    return this.#how !== "afresh";
  }

  /** The withheld end of the current call, if it came to one. */
  get finish(): Finish | undefined {
    return this.#finish;
  }

  /** An upstream call begins to write. */
  begin(): void {
    if (this.#how === "afresh") this.#next = 0;
    else if (this.#waiting !== undefined) this.#next = this.#firstOfCall;
    if (this.#how === "afresh" || this.#waiting !== undefined) this.#open = undefined;
    this.#firstOfCall = this.#next;
    this.#waiting = this.#folded && this.isContinued ? [] : undefined;
    this.#lead = this.#how === "again" || (this.#how === "on" && this.#shown.text) ? [] : undefined;
    this.#leadLength = 0;
    this.#thoughts = undefined;
    this.#latest = noUsage;
    this.#finish = undefined;
    this.written = false;
  }

  /** Takes an event of the current call, or, between two calls, of a block that the gateway adds. */
  write(event: ChatEvent): void {
    if (event.type === "finish") {
      this.#latest = event.usage;
      this.#finish = event;
    } else if (this.#lead === undefined) {
      if (event.type === "block-start" && event.block.type !== "text") this.#showThoughts();
      this.#pass(event);
    } else this.#takeLead(event, this.#lead);
  }

  /** The blocks of the current call stay, and another call goes on behind them. */
  keep(how: "further" | "again"): void {
    this.#dropLead();
    this.#closeBlock();
    this.#release();
    this.#how = how;
    if (how === "further") {
      this.#shown = { reasoning: false, text: false };
      this.turn = new ShownTurn();
      if (!this.#remembers) this.turn.giveUp();
    }
    this.#countOutput();
  }

  /**
   * The current call broke off. What the client has of it stays, and another call goes on from there, or begins the turn again
   * if what broke off was a call of a tool, which is void.
   * @param signature seals the thought that is open
   * @param spent what the call took
   */
  goOn(how: "on" | "again", spent: Usage, signature?: string): void {
    this.#lead = undefined;
    if (this.#open === "reasoning" || how === "again") this.#closeBlock(signature);
    this.#how = how;
    this.#latest = spent;
    this.#countOutput();
  }

  /** What the current call gave is void, but for its output, which was generated. Only while nothing is `written`. */
  discard(): void {
    this.#countOutput();
  }

  /** Ends the answer with the finish that was withheld. */
  complete(): void {
    const finish = this.#finish;
    if (finish === undefined) return;
    if (this.#how === "on") this.#dropLead();
    else if (this.#lead !== undefined) this.#showLead(this.#lead);
    this.#closeBlock();
    this.#release();
    this.#emit(this.#earlier === noUsage ? finish : { ...finish, usage: this.#total(finish.usage) });
  }

  #takeLead(event: ChatEvent, lead: ChatEvent[]): void {
    if (event.type === "block-start" && event.block.type !== "reasoning") {
      const isText = event.block.type === "text";
      if (this.#how === "on") {
        if (isText) {
          this.#lead = undefined;
          this.#thoughts = this.#tell(lead, () => false);
        } else this.#showLead(lead);
        if (!isText || this.#open !== "text") this.#pass(event);
        return;
      }
      if (!isText) {
        this.#lead = undefined;
        // Upstreams want the thought that made a call back with it; a text that the client has is not told twice.
        const { text } = this.#shown;
        this.#tell(lead, (type) => type !== "text" || !text);
        this.#pass(event);
        return;
      }
    }
    lead.push(event);
    if (event.type === "block-delta") this.#leadLength += event.text.length;
    if (this.#leadLength > maxHeld) this.#showLead(lead);
  }

  /** What it led to is there: only what the client has not had in any form is shown of it. */
  #dropLead(): void {
    const lead = this.#lead ?? [];
    this.#lead = undefined;
    const { reasoning, text } = this.#shown;
    this.#tell(lead, (type) => !text && !(reasoning && type === "reasoning"));
  }

  /** A call comes of them. */
  #showThoughts(): void {
    const thoughts = this.#thoughts ?? [];
    this.#thoughts = undefined;
    for (const event of thoughts) this.#pass(event);
  }

  /** Shows the blocks of these kinds, and whatever is no block. @returns the events of the others */
  #tell(lead: readonly ChatEvent[], isTold: (type: BlockStart["type"]) => boolean): ChatEvent[] {
    const rest: ChatEvent[] = [];
    let tells = true;
    for (const event of lead) {
      if (event.type === "block-start") tells = isTold(event.block.type);
      if (tells || event.type === "usage" || event.type === "start") this.#pass(event);
      else rest.push(event);
    }
    return rest;
  }

  /** It led to nothing, so it is the answer. */
  #showLead(lead: readonly ChatEvent[]): void {
    this.#lead = undefined;
    for (const event of lead) this.#pass(event);
  }

  #pass(event: ChatEvent): void {
    switch (event.type) {
      case "start":
        if (event.usage !== undefined) this.#latest = event.usage;
        if (!this.isContinued) this.#put(event);
        break;
      case "usage":
        this.#latest = event.usage;
        this.#put(this.#earlier === noUsage ? event : { type: "usage", usage: this.#total(event.usage) });
        break;
      case "block-start":
        if (event.block.type === "text" || event.block.type === "reasoning") this.#shown[event.block.type] = true;
        this.#closeBlock();
        this.#open = event.block.type;
        this.#put(event.index === this.#next ? event : { ...event, index: this.#next });
        this.#next += 1;
        break;
      case "block-stop":
        this.#open = undefined;
        this.#put(event.index === this.#next - 1 ? event : { ...event, index: this.#next - 1 });
        break;
      case "block-delta":
        this.#put(event.index === this.#next - 1 ? event : { ...event, index: this.#next - 1 });
        break;
      default:
        this.#put(event);
    }
  }

  #put(event: ChatEvent): void {
    if (this.#waiting !== undefined) {
      this.#waiting.push(event);
      return;
    }
    if (event.type === "block-start" || event.type === "block-delta") this.written = true;
    this.turn.add(event);
    this.#emit(event);
  }

  #closeBlock(signature?: string): void {
    if (this.#open === undefined) return;
    const stop = { type: "block-stop", index: this.#next - 1 } as const;
    this.#pass(signature === undefined ? stop : { ...stop, signature });
  }

  #release(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const event of waiting) this.#put(event);
  }

  #countOutput(): void {
    const { outputTokens, reasoningTokens } = this.#total(this.#latest);
    if (outputTokens > 0) this.#earlier = { ...noUsage, outputTokens, reasoningTokens };
    this.#latest = noUsage;
  }

  #total(usage: Usage): Usage {
    return {
      ...usage,
      outputTokens: usage.outputTokens + this.#earlier.outputTokens,
      reasoningTokens: usage.reasoningTokens + this.#earlier.reasoningTokens,
    };
  }
}
