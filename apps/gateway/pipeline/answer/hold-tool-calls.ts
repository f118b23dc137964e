import { maxHeld, type ChatEvent, type EmitEvent } from "@onerouter/protocols";

/**
 * Passes events on, those of a tool call only when it is whole; one that its upstream never finished is not passed on.
 *
 * A client of the Messages protocol cannot use half a call, and Claude Code 2.1.197 does not forgive one: a thought that is
 * followed by an open call and a cut ends its run, while a thought followed by nothing makes it repeat the turn.
 */
export function holdToolCalls(emit: EmitEvent): EmitEvent {
  let held: ChatEvent[] | undefined;
  let heldLength = 0;

  function release(): void {
    const events = held ?? [];
    held = undefined;
    for (const event of events) emit(event);
  }

  return (event) => {
    // The first event of an attempt: what the one before it left is void.
    if (event.type === "start") held = undefined;
    if (held !== undefined) {
      held.push(event);
      if (event.type === "block-delta") heldLength += event.text.length;
      // A call too long to be held goes on as it comes.
      if (event.type === "block-stop" || heldLength > maxHeld) release();
    } else if (event.type === "block-start" && event.block.type === "tool-call") {
      held = [event];
      heldLength = 0;
    } else emit(event);
  };
}
