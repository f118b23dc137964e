import type { Message } from "../model/chat-request.ts";
import type { ContentPart, ReasoningPart } from "../model/content.ts";

/*
 * A turn that several upstream calls have told has thoughts of each, and clients bring all of them back. Only those of the
 * call that made what follows may go to an upstream: it wants to see what it thought, not half of another thought before
 * it. What a thought is stands behind its envelope, which clients do not look into.
 */

const broken = ".broken";
const anew = ".anew";

/** The thought broke off: nobody is to see it again. */
export function markBroken(envelope: string): string {
  return envelope + broken;
}

/** The turn was thought about anew: the thoughts before this one are void. */
export function markAnew(envelope: string): string {
  return envelope + anew;
}

/**
 * Takes the void thoughts out of a conversation, and the marks off the others. One that replaces others stands where they
 * began, because upstreams want a turn to begin with its thought.
 * @returns false when there are none, and nothing was changed
 */
export function dropVoidThoughts(messages: readonly Message[]): boolean {
  let found = false;
  for (const message of messages) {
    if (message.role !== "assistant" || !message.content.some(isMarked)) continue;
    found = true;
    message.content = withoutVoid(message.content);
  }
  return found;
}

function withoutVoid(parts: readonly ContentPart[]): ContentPart[] {
  const kept: ContentPart[] = [];
  /** Where the turn begins: what a model has called is behind it for good. */
  let begin = 0;
  for (const part of parts) {
    if (part.type !== "reasoning") {
      kept.push(part);
      if (part.type !== "text") begin = kept.length;
      continue;
    }
    const mark = markOf(part);
    if (mark === broken) continue;
    if (mark !== anew) kept.push(part);
    else {
      const first = kept.findIndex((one, at) => at >= begin && one.type === "reasoning");
      const others = kept.splice(begin).filter(({ type }) => type !== "reasoning");
      const at = first < 0 ? others.length : first - begin;
      kept.push(...others.slice(0, at), unmark(part), ...others.slice(at));
    }
  }
  return kept;
}

function isMarked(part: ContentPart): boolean {
  return part.type === "reasoning" && markOf(part) !== undefined;
}

function markOf({ signature, redacted }: ReasoningPart): string | undefined {
  const envelope = redacted ?? signature ?? "";
  return [broken, anew].find((mark) => envelope.endsWith(mark));
}

function unmark(part: ReasoningPart): ReasoningPart {
  const { signature, redacted } = part;
  if (redacted !== undefined) return { ...part, redacted: redacted.slice(0, -anew.length) };
  return signature === undefined ? part : { ...part, signature: signature.slice(0, -anew.length) };
}
