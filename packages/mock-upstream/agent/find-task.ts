import type { Conversation, ConversationMessage, PastResult } from "./conversation.ts";
import { parseTask } from "./parse-task.ts";
import type { Task } from "./parse-task.ts";

/** Where the conversation stands: what the user asked, how many calls have been answered since, and with what. */
export type FoundTask = { prompt: string; task?: Task; done: number; results: PastResult[] };

/** A line that the mock writes into its summaries and finds again after the client has compacted the conversation. */
const stateLine = /MOCK-STATE task=("(?:[^"\\]|\\.)*") done=(\d+)/g;

// Clients wrap what is not the user's own words: Claude Code in <system-reminder>, Codex in <environment_context>.
const wrappers =
  /<(system-reminder|environment_context|user_instructions|permissions[\w -]*|local-command-[\w-]+|command-[\w-]+|ide_[\w-]+)>[\s\S]*?<\/\1>/g;

/** The text without what the client wrapped around the user's words. */
export function stripWrappers(text: string): string {
  return text.includes("<") ? text.replace(wrappers, "").trim() : text.trim();
}

/** The line that lets a later, shortened conversation be continued. */
export function writeState(prompt: string, done: number): string {
  return `MOCK-STATE task=${JSON.stringify(prompt)} done=${done}`;
}

/**
 * Finds the task of the running turn. The newest prompt that is understood wins; a newer text that is not (a reminder
 * the gateway unwrapped) does not hide it. Once the assistant has answered with a text, older prompts are closed.
 */
export function findTask(conversation: Conversation): FoundTask {
  const { messages } = conversation;
  let newest: { prompt: string; at: number } | undefined;
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at];
    if (!message) continue;
    if (message.role === "assistant" && message.calls.length === 0) {
      const state = newest && !wantsMore(newest.prompt) ? undefined : readState(message.texts);
      if (state) return stand(state.prompt, state.done, messages, at);
      break;
    }
    if (message.role !== "user") continue;
    for (const raw of message.texts.toReversed()) {
      const prompt = stripWrappers(raw);
      if (prompt === "") continue;
      const state = readState([prompt]);
      if (state) return stand(state.prompt, state.done, messages, at);
      if (parseTask(prompt)) return stand(prompt, 0, messages, at);
      newest ??= { prompt, at };
    }
  }
  return newest ? stand(newest.prompt, 0, messages, newest.at) : { prompt: "", done: 0, results: [] };
}

function stand(prompt: string, doneBefore: number, messages: ConversationMessage[], at: number): FoundTask {
  const answered = new Map<string, PastResult>();
  for (const message of messages.slice(at)) {
    for (const result of message.results) answered.set(result.callId, result);
  }
  return { prompt, task: parseTask(prompt), done: doneBefore + answered.size, results: [...answered.values()] };
}

function wantsMore(prompt: string): boolean {
  return /\b(continue|proceed|resume|go on|left off)\b/i.test(prompt);
}

function readState(texts: string[]): { prompt: string; done: number } | undefined {
  for (const text of texts) {
    if (!text.includes("MOCK-STATE")) continue;
    const found = [...text.matchAll(stateLine)].at(-1);
    if (found?.[1] && found[2]) return { prompt: String(JSON.parse(found[1])), done: Number(found[2]) };
  }
  return undefined;
}
