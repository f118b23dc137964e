import type { ChatAnswer } from "../model/chat-answer.ts";
import type { ChatEvent } from "../model/chat-event.ts";
import type { ChatRequest } from "../model/chat-request.ts";
import type { OpaquePart } from "../model/content.ts";

/*
 * Codex, as OpenAI's own client, has its server compact a conversation: it ends the input with `compaction_trigger` and takes
 * exactly one `compaction` item for an answer, with which the next conversation begins. Every model can do that: it is asked
 * for a summary, and the item holds it. Nothing of it is secret to the client that holds the whole conversation.
 */

/** How the content of our items begins. */
export const summaryMark = "or1c.";

/** What the model is asked in the place of the trigger. The request is told from others by these words. */
export const compactionWish =
  "The conversation will go on without everything above: only your answer to this message is kept. Write down all that is " +
  "needed to go on with the work: what was asked for, word for word where it matters, what was done and found out, decisions " +
  "and their reasons, names of files and commands, what is left to do. Answer with this summary alone, and call no tools.";

const summaryHead = "The conversation so far, summed up:";

export function isCompaction({ messages }: ChatRequest): boolean {
  const last = messages.at(-1);
  const [only] = last?.role === "user" ? last.content : [];
  return last?.content.length === 1 && only?.type === "text" && only.text === compactionWish;
}

function writeSummary(text: string, id: string): OpaquePart {
  const encrypted = summaryMark + Buffer.from(text, "utf8").toString("base64url");
  const value = { type: "compaction", id: `cmp_${id}`, encrypted_content: encrypted };
  return { type: "opaque", protocol: "openai-responses", value };
}

/** The summary in an item of ours, as the user would tell it; undefined for what OpenAI itself has compacted. */
export function readSummary(encrypted: unknown): string | undefined {
  if (typeof encrypted !== "string" || !encrypted.startsWith(summaryMark)) return undefined;
  return `${summaryHead}\n\n${Buffer.from(encrypted.slice(summaryMark.length), "base64url").toString("utf8")}`;
}

/** The answer to such a request: its text becomes the one item. */
export function compactAnswer(answer: ChatAnswer, id: string): ChatAnswer {
  let text = "";
  for (const part of answer.parts) if (part.type === "text") text += part.text;
  const finishReason = answer.finishReason === "tool-calls" ? "stop" : answer.finishReason;
  return { ...answer, parts: [writeSummary(text, id)], finishReason, opaqueEvents: [] };
}

/** The same for the events of a stream. @returns what is to be told in the place of each event */
export function createCompactor(id: string): (event: ChatEvent) => ChatEvent[] {
  let text = "";
  let isText = false;
  return (event) => {
    switch (event.type) {
      case "block-start":
        isText = event.block.type === "text";
        return [];
      case "block-delta":
        if (isText) text += event.text;
        return [];
      case "block-stop":
      case "opaque-event":
        return [];
      case "finish":
        return [
          { type: "block-start", index: 0, block: writeSummary(text, id) },
          { type: "block-stop", index: 0 },
          { ...event, reason: event.reason === "tool-calls" ? "stop" : event.reason },
        ];
      case "start":
      case "usage":
      case "error":
        return [event];
    }
  };
}
