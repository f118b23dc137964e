import { estimateTokens } from "./estimate-tokens.ts";

/** What the provider's prompt cache knows of a request. */
export type CacheLookup = {
  /** Tokens of the prompt that an earlier request of the same key began with, in whole blocks. */
  cachedTokens: number;
  /** Whether an earlier request of the same key is the beginning of this one, message for message. */
  extendsEarlier: boolean;
};

/** `ends` are the lengths of the earlier prompts that grew into this one. */
type Prompt = { key: string; text: string; ends: number[] };

const compareLength = 4096;

/**
 * Remembers the prompts of late and finds how much of a new one is known already, as prefix caches do. A prompt that
 * continues an earlier one takes its place, so there is one entry for each conversation under way.
 */
export class PrefixCache {
  readonly #prompts: Prompt[] = [];
  readonly #maxPrompts: number;
  readonly #maxChars: number;
  readonly #blockTokens: number;
  #chars = 0;

  constructor(limits: { maxPrompts: number; maxChars: number; blockTokens: number }) {
    this.#blockTokens = limits.blockTokens;
    this.#maxPrompts = limits.maxPrompts;
    this.#maxChars = limits.maxChars;
  }

  /** Looks a prompt up and remembers it. `key` keeps the caches of different API keys apart. */
  look(key: string, text: string): CacheLookup {
    let longest = 0;
    let extendsEarlier = false;
    let ends: number[] = [];
    for (let at = this.#prompts.length - 1; at >= 0; at--) {
      const earlier = this.#prompts[at];
      if (!earlier || earlier.key !== key) continue;
      const common = commonLength(earlier.text, text);
      longest = Math.max(longest, common);
      extendsEarlier ||= [...earlier.ends, earlier.text.length].some((end) => end <= common && end < text.length);
      if (common === earlier.text.length) {
        if (earlier.ends.length >= ends.length) ends = [...earlier.ends, common];
        this.#forget(at);
      }
    }
    this.#remember({ key, text, ends });
    const blocks = Math.floor(estimateTokens(text.slice(0, longest)) / this.#blockTokens);
    return { cachedTokens: blocks * this.#blockTokens, extendsEarlier };
  }

  clear(): void {
    this.#prompts.length = 0;
    this.#chars = 0;
  }

  #remember(prompt: Prompt): void {
    this.#prompts.push(prompt);
    this.#chars += prompt.text.length;
    while (this.#prompts.length > this.#maxPrompts || (this.#chars > this.#maxChars && this.#prompts.length > 1)) {
      this.#forget(0);
    }
  }

  #forget(at: number): void {
    const [gone] = this.#prompts.splice(at, 1);
    this.#chars -= gone?.text.length ?? 0;
  }
}

function commonLength(a: string, b: string): number {
  const shortest = Math.min(a.length, b.length);
  let at = 0;
  while (at < shortest && a.slice(at, at + compareLength) === b.slice(at, at + compareLength)) at += compareLength;
  const end = Math.min(shortest, at + compareLength);
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return Math.min(at, shortest);
}
