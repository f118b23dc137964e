import type { Conversation, Turn } from "./conversation.ts";

/** A request to go on with an answer that broke off. */
export type CutOff = {
  /** The conversation as it was when the answer began. */
  before: Conversation;
  /** What the reader has of the answer's text. */
  said: string;
  /** How the user asks for the rest. */
  prompt: string;
};

/** Finds a last user message that says the text before it, the assistant's, was cut off and is to go on. */
export function findCutOff(conversation: Conversation): CutOff | undefined {
  const { messages } = conversation;
  const [broken, asking] = messages.slice(-2);
  if (broken?.role !== "assistant" || broken.calls.length > 0 || asking?.role !== "user") return undefined;
  const prompt = asking.texts.join("\n");
  if (!/\bcut off\b/i.test(prompt) || !/\b(?:go on|continue)\b/i.test(prompt)) return undefined;
  return { before: { ...conversation, messages: messages.slice(0, -2) }, said: broken.texts.join(""), prompt };
}

/** The rest of a turn, from the words on that the user quotes of its end. A turn that begins otherwise is told anew. */
export function restOfTurn(turn: Turn, { said, prompt }: CutOff): Turn {
  const at = turn.parts.findIndex((part) => part.type === "text");
  const part = turn.parts[at];
  if (part?.type !== "text" || said === "" || !part.text.startsWith(said)) return turn;
  let quoted = said;
  while (!prompt.includes(quoted)) quoted = quoted.slice(1);
  const rest = { ...part, text: part.text.slice(said.length - quoted.length) };
  return { ...turn, parts: turn.parts.with(at, rest) };
}
