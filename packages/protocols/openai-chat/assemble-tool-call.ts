import { maxHeld } from "../model/limits.ts";
import type { BlockStart } from "../model/chat-event.ts";
import type { ToolOrigin } from "../protocol-contract.ts";
import { unwrapInput } from "../tools/show-custom-tool.ts";
import { createJsonEndScanner } from "./json-end-scanner.ts";

/** A call whose arguments are still coming. */
export interface OpenToolCall {
  readonly id: string;
  /** The name as the upstream said it. */
  readonly wireName: string;
  /** Some of the arguments have come. */
  hasReceived(): boolean;
  /** The JSON of the arguments is complete: nothing more can come. */
  isComplete(): boolean;
  /** Characters that were fed and not yet taken. */
  heldLength(): number;
  feed(text: string): void;
  /** What may be sent on now. */
  takeText(): string;
  /** What is left when the call ends. */
  end(): string;
  describe(): BlockStart;
}

/** @param custom the upstream itself called it a free-text tool */
export function createToolCall(
  id: string,
  wireName: string,
  custom: boolean,
  origin: ToolOrigin | undefined,
): OpenToolCall {
  // A free-text tool that the upstream saw as a function: its text is known when the JSON around it is complete.
  const unwraps = origin?.custom === true && !custom;
  let scanner = createJsonEndScanner();
  let pending = "";
  let received = false;
  /** Nothing but `{}` has come so far, and it has not been sent on. */
  let onlyEmptyObject = false;

  return {
    id,
    wireName,
    hasReceived: () => received,
    isComplete: () => !custom && scanner.complete,
    heldLength: () => pending.length,
    feed(text) {
      if (text === "") return;
      const isFirst = !received;
      received = true;
      if (onlyEmptyObject && text.trimStart().startsWith("{")) {
        // Some gateways open a call with `{}` and send the real arguments after it.
        pending = "";
        scanner = createJsonEndScanner();
      }
      onlyEmptyObject = isFirst && text === "{}" && !custom;
      const end = custom ? text.length : scanner.feed(text);
      const rest = text.slice(end);
      // What follows the end of the JSON is the same arguments once more, or a stray bracket.
      pending += rest.trim() === "" ? text : text.slice(0, end);
      if (pending.length > maxHeld) throw new RangeError("the upstream's tool call is too long to be read");
    },
    takeText() {
      if (unwraps || onlyEmptyObject) return "";
      const text = pending;
      pending = "";
      return text;
    },
    end() {
      const text = pending;
      pending = "";
      return unwraps ? unwrapInput(text) : text;
    },
    describe() {
      const block: BlockStart = { type: "tool-call", id, name: origin?.name ?? wireName };
      if (custom || unwraps) block.custom = true;
      if (origin?.toolSearch === true) block.toolSearch = true;
      if (origin?.namespace !== undefined) block.namespace = origin.namespace;
      return block;
    },
  };
}
