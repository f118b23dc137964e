import type { ChatRequest, Message } from "@onerouter/protocols";
import { claudeTraits } from "@onerouter/protocols/anthropic-messages/claude-models";
import type { Candidate } from "../routing/route-plan.ts";
import { estimateTokens } from "./estimate-tokens.ts";

/** The part of an answer that the client has, for an upstream that is to go on with it. */
export interface ShownText {
  text: string;
  /** The model thought before it. */
  hasThought: boolean;
}

/** How an upstream is asked to go on: from a message of its own that has only begun, or by the user. */
export type GoingOn = "prefill" | "turn";

/** Length of what the model is asked to repeat, in characters. */
const tailLength = 60;
/** The smallest limit that is left to the rest of an answer. */
const leastTokens = 256;

/** Adds to a request the part of its answer that is there, so that what comes is the rest. */
export function tellShown(
  request: ChatRequest,
  { text, hasThought }: ShownText,
  candidate: Candidate,
): { request: ChatRequest; goesOn: GoingOn } {
  // "final assistant content cannot end with trailing whitespace"
  const said = text.trimEnd();
  const goesOn = takesPrefill(candidate, request, hasThought) ? "prefill" : "turn";
  const messages = [...request.messages];
  // A client may have begun the answer itself.
  const begun = messages.at(-1)?.role === "assistant" ? messages.pop() : undefined;
  messages.push({
    ...begun,
    role: "assistant",
    content: [...(begun?.content ?? []), { type: "text", text: said }],
  });
  if (goesOn === "turn") messages.push(askToGoOn(said));
  return { request: { ...request, messages, ...limitRest(request, text) }, goesOn };
}

function takesPrefill({ endpoint, profile }: Candidate, { reasoning }: ChatRequest, hasThought: boolean): boolean {
  if (hasThought || (reasoning !== undefined && reasoning.mode !== "off")) return false;
  if (endpoint.protocol === "anthropic-messages") {
    return profile.anthropicBetas && claudeTraits(endpoint.upstreamId)?.prefill === true;
  }
  return endpoint.protocol === "openai-chat" && profile.prefillField !== undefined && profile.thinkingCanBeOff;
}

/** A model that begins a message leaves out the white space before it: what it repeats shows where it goes on. */
function askToGoOn(said: string): Message {
  const text =
    "Your last message was cut off by a fault of the connection. The reader has it up to here:\n" +
    `<end>${tailOf(said)}</end>\n` +
    "Go on exactly where it stops: repeat what stands between the tags letter by letter, then continue to the end. " +
    "Do not begin anew and do not mention the interruption.";
  return { role: "user", content: [{ type: "text", text }] };
}

/** From the beginning of a word on. */
function tailOf(text: string): string {
  if (text.length <= tailLength) return text;
  const tail = text.slice(-tailLength);
  const space = tail.search(/\s\S/);
  return (space < 0 ? tail : tail.slice(space + 1)).toWellFormed();
}

/** The client's limit holds for the whole answer. */
function limitRest({ maxOutputTokens, reasoning }: ChatRequest, text: string): { maxOutputTokens?: number } {
  if (maxOutputTokens === undefined || reasoning?.mode === "budget") return {};
  const rest = Math.max(leastTokens, maxOutputTokens - estimateTokens(text.length));
  return { maxOutputTokens: Math.min(maxOutputTokens, rest) };
}
