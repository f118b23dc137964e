import type { ChatEvent, EmitEvent } from "../model/chat-event.ts";
import type { Sealer } from "./sealer.ts";

/**
 * Stands between an upstream's decoder and the client's encoder: replaces each thought's native signature by our
 * envelope, and gives an envelope to thoughts that came without one, so that every client keeps them for the next turn.
 * Redacted thoughts carry their opaque data in the envelope.
 */
export function sealEvents(origin: string, sealer: Sealer, emit: EmitEvent): EmitEvent {
  let openReasoning = -1;
  let text = "";
  return (event: ChatEvent) => {
    switch (event.type) {
      case "block-start":
        if (event.block.type === "reasoning") {
          openReasoning = event.index;
          text = "";
          if (event.block.redacted !== undefined) {
            const redacted = sealer.seal({ origin, native: event.block.redacted }, "");
            emit({ ...event, block: { type: "reasoning", redacted } });
            return;
          }
        }
        break;
      case "block-delta":
        if (event.index === openReasoning) text += event.text;
        break;
      case "block-stop":
        if (event.index === openReasoning) {
          openReasoning = -1;
          emit({ ...event, signature: sealer.seal({ origin, native: event.signature ?? "" }, text) });
          return;
        }
        break;
      default:
        break;
    }
    emit(event);
  };
}
