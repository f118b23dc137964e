import type { ChatEvent } from "../model/chat-event.ts";

/**
 * Checks events against the grammar of model/chat-event.ts. Every decoder's output must pass.
 * @returns what is wrong, in order; empty for a legal and complete answer
 * @example checkEvents([{type: "start", id: "", model: ""}]) // ["the answer has no end"]
 */
export function checkEvents(events: readonly ChatEvent[]): string[] {
  const faults: string[] = [];
  let started = false;
  let ended = false;
  let open: { index: number; type: string; isEmpty: boolean } | undefined;
  let nextIndex = 0;

  for (const [at, event] of events.entries()) {
    const say = (fault: string): void => void faults.push(`event ${at} (${event.type}): ${fault}`);
    if (ended) say("after the end");
    if (event.type !== "start" && event.type !== "error" && !started) say("before the start");
    switch (event.type) {
      case "start":
        if (started) say("a second start");
        started = true;
        if (event.usage !== undefined) checkUsage(event.usage, say);
        break;
      case "block-start":
        if (open !== undefined) say(`block ${open.index} is still open`);
        if (event.index !== nextIndex) say(`index ${event.index} instead of ${nextIndex}`);
        if (event.block.type === "tool-call" && event.block.id === "") say("a call without an id");
        open = { index: event.index, type: event.block.type, isEmpty: isWhole(event) };
        nextIndex = event.index + 1;
        break;
      case "block-delta":
        if (open?.index !== event.index) say(`block ${event.index} is not open`);
        if (open?.isEmpty === true) say("a delta of a block that is whole");
        if (event.text === "") say("an empty delta");
        break;
      case "block-stop":
        if (open?.index !== event.index) say(`block ${event.index} is not open`);
        if (event.signature !== undefined && open?.type !== "reasoning") say("a signature of what is no thought");
        open = undefined;
        break;
      case "usage":
        checkUsage(event.usage, say);
        break;
      case "finish":
        if (open !== undefined) say(`block ${open.index} is still open`);
        if (event.reason === "error") say("finished with an error");
        checkUsage(event.usage, say);
        ended = true;
        break;
      case "error":
        ended = true;
        break;
      case "opaque-event":
        break;
    }
  }
  if (!ended) faults.push("the answer has no end");
  return faults;
}

// Blocks that come whole with their start.
function isWhole({ block }: Extract<ChatEvent, { type: "block-start" }>): boolean {
  return block.type === "opaque" || (block.type === "reasoning" && block.redacted !== undefined);
}

function checkUsage(usage: object, say: (fault: string) => void): void {
  for (const [field, count] of Object.entries(usage)) {
    if (!Number.isInteger(count) || count < 0) say(`${field} is ${String(count)}`);
  }
}
