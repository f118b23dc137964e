import { isSpace } from "./markers.ts";

/** Reads markup from a text that may end before the markup does. After a step that failed, every other one fails. */
export class Cursor {
  readonly text: string;
  at = 0;
  /** `more`: everything fits so far, but the text ends. */
  failure: "no" | "more" | undefined;
  /** Where the name of a tool begins, once it is clear that one stands there. */
  nameAt: number | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get ok(): boolean {
    return this.failure === undefined;
  }

  /** Passes over this text, which must stand here. */
  literal(expected: string): boolean {
    if (this.failure !== undefined) return false;
    if (this.text.startsWith(expected, this.at)) {
      this.at += expected.length;
      return true;
    }
    const rest = this.text.length - this.at;
    this.failure = rest < expected.length && expected.startsWith(this.text.slice(this.at)) ? "more" : "no";
    return false;
  }

  /** Passes over the one of these texts that stands here, if any; none of them begins like another. @returns which */
  optional(...choices: readonly string[]): string | undefined {
    if (this.failure !== undefined) return undefined;
    for (const choice of choices) {
      if (this.literal(choice)) return choice;
      if (this.failure === "more") return undefined;
      this.failure = undefined;
    }
    return undefined;
  }

  space(): void {
    if (this.failure !== undefined) return;
    while (isSpace(this.text.charCodeAt(this.at))) this.at += 1;
    // There may be more of it.
    if (this.at === this.text.length) this.failure = "more";
  }

  /** Like `take`, of a tool's name. */
  takeName(pattern: RegExp): string {
    if (this.failure === undefined) this.nameAt = this.at;
    return this.take(pattern);
  }

  /** The characters up to one of which this does not hold. At the end of the text there may be more of them. */
  take(pattern: RegExp): string {
    if (this.failure !== undefined) return "";
    const from = this.at;
    while (this.at < this.text.length && pattern.test(this.text.charAt(this.at))) this.at += 1;
    if (this.at === this.text.length) this.failure = "more";
    return this.text.slice(from, this.at);
  }
}

/** For `nameAt`: what has come of the name, and whether something else has followed. */
export interface PartialName {
  name: string;
  isComplete: boolean;
}

export function partialName({ text, nameAt }: Cursor): PartialName | undefined {
  if (nameAt === undefined) return undefined;
  const rest = text.slice(nameAt);
  const name = /^[^<>"\s]*/.exec(rest)?.[0] ?? "";
  return { name, isComplete: name.length < rest.length };
}
