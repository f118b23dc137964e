import { hash } from "node:crypto";
import { canonicalJson } from "./json-object.ts";

const maxCalls = 20_000;
const maxVersions = 64;

/**
 * Which reasoning went before which tool call, so that a history which brings a call back with another thought is
 * noticed. Bounded: a call that has been forgotten, or was never ours, is believed.
 */
export class ReasoningMemory {
  readonly #thoughts = new Map<string, Set<string>>();

  /** Remembers the reasoning that preceded a call. */
  remember(callId: string, name: string, input: unknown, reasoning: string): void {
    const key = keyOf(callId, name, input);
    const known = this.#thoughts.get(key) ?? new Set<string>();
    known.add(digest(reasoning));
    this.#thoughts.delete(key);
    if (known.size <= maxVersions) this.#thoughts.set(key, known);
    const oldest = this.#thoughts.size > maxCalls ? this.#thoughts.keys().next().value : undefined;
    if (oldest !== undefined) this.#thoughts.delete(oldest);
  }

  /** Whether this may be the reasoning that preceded the call: it is, or nothing is known of the call. */
  accepts(callId: string, name: string, input: unknown, reasoning: string): boolean {
    return this.#thoughts.get(keyOf(callId, name, input))?.has(digest(reasoning)) ?? true;
  }

  clear(): void {
    this.#thoughts.clear();
  }
}

// The arguments are part of the key because ids of the form functions.Bash:0 recur in every conversation; their keys are
// sorted because a client may write the same arguments down in another order.
function keyOf(callId: string, name: string, input: unknown): string {
  return digest(`${callId} ${name} ${canonicalJson(input)}`);
}

// Most texts are shorter than it is worth hashing.
function digest(text: string): string {
  return text.length <= 256 ? text : hash("sha1", text, "base64");
}
