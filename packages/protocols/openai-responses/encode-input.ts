import type { ChatRequest, Message } from "../model/chat-request.ts";
import type {
  ContentPart,
  OpaquePart,
  RefusalPart,
  TextPart,
  ToolResultPart,
  WebSearchPart,
} from "../model/content.ts";
import { noteOpaque } from "../note-losses.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { createCallIds } from "../tools/call-ids.ts";
import { withoutBillingLine } from "../wire/billing-line.ts";
import type { WireObject } from "../wire/json-object.ts";
import { encodeCall, encodeOutput, type SentCall } from "./encode-call.ts";
import { encodePart, ownFields } from "./encode-content.ts";
import { encodeThought } from "./encode-thought.ts";
import { knows, type ToolManner } from "./encode-tools.ts";

/** OpenAI's limit of a `call_id`, in characters. */
const maxCallId = 64;

/**
 * Writes `instructions` and `input`. The items of a conversation are the first items of the same conversation one turn later,
 * whatever form the client gives its old turns, because upstreams cache prompts by their prefix.
 */
export function encodeInput(
  request: ChatRequest,
  notes: readonly string[],
  manner: ToolManner,
  target: EncodeTarget,
): { instructions?: string; input: WireObject[] } {
  const encoder = new InputEncoder(manner, target);
  const instructions = encoder.encodeSystem(request.system, notes);
  for (const message of request.messages) encoder.take(message);
  encoder.end();
  return instructions === "" ? { input: encoder.input } : { instructions, input: encoder.input };
}

class InputEncoder {
  readonly input: WireObject[] = [];
  readonly #manner: ToolManner;
  readonly #target: EncodeTarget;
  readonly #nameCall = createCallIds(maxCallId);
  /** Calls without an output yet, in order. */
  #open: SentCall[] = [];
  /** The user has spoken since the model has. */
  #heard = false;
  /** Images of results: they follow the last of them. */
  #images: WireObject[] = [];
  /** Thoughts at the end: each has to be followed by what the model did next. */
  #thoughts = 0;

  constructor(manner: ToolManner, target: EncodeTarget) {
    this.#manner = manner;
    this.#target = target;
  }

  /** @returns the text for `instructions`; a client's own developer messages stay what they are */
  encodeSystem(system: readonly TextPart[], notes: readonly string[]): string {
    const texts: string[] = [];
    let group: { key: unknown; content: WireObject[] } | undefined;
    for (const part of system) {
      const own = part.extensions?.["openai-responses"];
      if (own?.role === undefined) {
        const text = withoutBillingLine(part.text, this.#target.receipt);
        if (text !== "") texts.push(text);
        continue;
      }
      const content = { type: "input_text", text: part.text };
      if (group?.key === own) {
        group.content.push(content);
        continue;
      }
      group = { key: own, content: [content] };
      const role = this.#manner.profile.systemRole === "developer" ? own.role : "system";
      this.input.push({ type: "message", ...own, role, content: group.content });
    }
    return [...texts, ...notes].join("\n\n");
  }

  take(message: Message): void {
    switch (message.role) {
      case "system":
        this.#flushImages();
        this.#dropThoughts();
        return this.#takeInstruction(message);
      case "user":
        this.#heard = true;
        this.#dropThoughts();
        return this.#takeUser(message);
      case "assistant":
        // Calls may be spread over several messages: their results come after the last.
        if (this.#heard) this.#answerOpenCalls();
        this.#heard = false;
        return this.#takeAssistant(message);
    }
  }

  end(): void {
    this.#dropThoughts();
    this.#answerOpenCalls();
  }

  #takeInstruction(message: Message): void {
    const { profile, receipt } = this.#manner;
    const content = this.#encodeParts(message.content);
    if (content.length === 0) return;
    const others = message.extensions?.["openai-responses"];
    if (profile.midConversationSystem === "system") {
      this.input.push({ type: "message", role: profile.systemRole, content, ...others });
      return;
    }
    receipt.note("approximated", "messages.system", "instructions within the conversation are sent as user messages");
    for (const part of content) {
      if (part.type === "input_text") part.text = `<system-reminder>\n${String(part.text)}\n</system-reminder>`;
    }
    this.input.push({ type: "message", role: "user", content, ...others });
  }

  #takeUser(message: Message): void {
    const rest: ContentPart[] = [];
    for (const part of message.content) {
      if (part.type !== "tool-result") rest.push(part);
      else if (!this.#takeResult(part)) {
        // A result whose call is gone (compacted history) would be a 400; what it says may still matter.
        this.#target.receipt.note("repaired", "messages.tool_result", "a result without its call is sent as text");
        rest.push({ type: "text", text: "Result of an earlier tool call:" }, ...part.content);
      }
    }
    if (rest.length === 0) return;
    this.#flushImages();
    const items = rest.filter((part) => isItem(part));
    for (const part of items) if (part.type === "opaque") this.input.push(part.value);
    const content = this.#encodeParts(items.length === 0 ? rest : rest.filter((part) => !isItem(part)));
    if (content.length > 0) {
      this.input.push({ type: "message", role: "user", content, ...message.extensions?.["openai-responses"] });
    } else if (items.length === 0) {
      this.#target.receipt.note("repaired", "messages.user", "a user message without content was left out");
    }
  }

  #takeResult(part: ToolResultPart): boolean {
    const at = this.#open.findIndex((call) => call.id === part.callId);
    const [call] = at < 0 ? [] : this.#open.splice(at, 1);
    if (call === undefined) return false;
    const { item, images } = encodeOutput(call, part, this.#manner);
    this.input.push(item);
    this.#images.push(...images);
    if (this.#open.length === 0) this.#flushImages();
    return true;
  }

  #encodeParts(parts: readonly ContentPart[]): WireObject[] {
    const { profile, receipt } = this.#manner;
    const encoded: WireObject[] = [];
    for (const part of parts) {
      const wire = encodePart(part, profile, receipt);
      if (wire !== undefined) encoded.push(wire);
    }
    return encoded;
  }

  #flushImages(): void {
    if (this.#images.length === 0) return;
    this.input.push({ type: "message", role: "user", content: this.#images });
    this.#images = [];
  }

  #answerOpenCalls(): void {
    for (const call of this.#open) this.input.push(encodeOutput(call, undefined, this.#manner).item);
    this.#open = [];
    this.#flushImages();
  }

  #dropThoughts(): void {
    if (this.#thoughts === 0) return;
    this.input.length -= this.#thoughts;
    this.#thoughts = 0;
    this.#target.receipt.note("dropped", "messages.reasoning", "a thought that nothing follows");
  }

  #takeAssistant({ content }: Message): void {
    const { receipt } = this.#target;
    let said: { key: unknown; content: WireObject[] } | undefined;
    for (const part of content) {
      if (part.type === "text" || part.type === "refusal") {
        const wire = encodeSaid(part);
        if (wire === undefined) continue;
        const own = part.type === "text" ? part.extensions?.["openai-responses"]?.message : undefined;
        if (said !== undefined && said.key === own) said.content.push(wire);
        else {
          said = { key: own, content: [wire] };
          this.#add({ type: "message", role: "assistant", content: said.content, ...(own as WireObject | undefined) });
        }
        continue;
      }
      said = undefined;
      switch (part.type) {
        case "reasoning": {
          const item = encodeThought(part, this.#target);
          if (item === undefined) break;
          this.input.push(item);
          this.#thoughts++;
          break;
        }
        case "tool-call": {
          const { item, call } = encodeCall(part, this.#nameCall(part.id), this.#manner, this.#target);
          this.#add(item);
          this.#open.push(call);
          break;
        }
        case "opaque":
          this.#takeOpaque(part);
          break;
        case "web-search":
          if (knows(this.#manner.profile, "web-search")) this.#add(writeSearched(part));
          else receipt.note("dropped", "messages.web_search", "the upstream has no word for a search");
          break;
        default:
          receipt.note("dropped", `messages.${part.type}`, "not possible in an answer of the model");
      }
    }
  }

  #takeOpaque(part: OpaquePart): void {
    if (part.protocol !== "openai-responses") noteOpaque(part, this.#target.receipt);
    else if (part.value.type === "item_reference") {
      this.#target.receipt.note("dropped", "input.item_reference", "the thought it refers to is not held here");
    } else this.#add(part.value);
  }

  /** Adds what may follow a thought. */
  #add(item: WireObject): void {
    this.input.push(item);
    this.#thoughts = 0;
  }
}

/** An item of this protocol's own among the parts of a user's message, see decode-input.ts. */
function isItem(part: ContentPart): boolean {
  return (
    part.type === "opaque" && part.protocol === "openai-responses" && !String(part.value.type).startsWith("input_")
  );
}

function encodeSaid(part: TextPart | RefusalPart): WireObject | undefined {
  if (part.text === "") return undefined;
  if (part.type === "refusal") return { type: "refusal", refusal: part.text };
  return { type: "output_text", text: part.text, ...ownFields(part) };
}

/** A search that the gateway has made: its id means nothing to the provider, whose own client (Codex) sends none. */
function writeSearched({ query }: WebSearchPart): WireObject {
  return { type: "web_search_call", status: "completed", action: { type: "search", query } };
}
