import { expect, test } from "vitest";
import type { ChatEvent } from "../model/chat-event.ts";
import { noUsage } from "../model/usage.ts";
import { sealEvents } from "./seal-events.ts";
import { createSealer } from "./sealer.ts";

const sealer = createSealer(new Uint8Array(32));
const origin = "moonshot/kimi-k2-thinking";

function sealAll(events: readonly ChatEvent[]): ChatEvent[] {
  const sealed: ChatEvent[] = [];
  const emit = sealEvents(origin, sealer, (event) => sealed.push(event));
  for (const event of events) emit(event);
  return sealed;
}

function thought(index: number, texts: string[], signature?: string): ChatEvent[] {
  return [
    { type: "block-start", index, block: { type: "reasoning" } },
    ...texts.map((text): ChatEvent => ({ type: "block-delta", index, text })),
    signature === undefined ? { type: "block-stop", index } : { type: "block-stop", index, signature },
  ];
}

function signaturesOf(events: readonly ChatEvent[]): Array<string | undefined> {
  return events.flatMap((event) => (event.type === "block-stop" ? [event.signature] : []));
}

test("a native signature is replaced by an envelope bound to the whole thought", () => {
  const [signature] = signaturesOf(sealAll(thought(0, ["a ", "thought"], "native")));
  expect(sealer.open(signature, "a thought")).toEqual({ origin, native: "native" });
});

test("a thought without a signature gets one, so that clients keep it for the next turn (musistudio/claude-code-router#1400)", () => {
  const [signature] = signaturesOf(sealAll(thought(0, ["a"])));
  expect(sealer.open(signature, "a")).toEqual({ origin, native: "" });
});

test("an empty thought with a signature keeps it (BerriAI/litellm#38809, T12)", () => {
  const [signature] = signaturesOf(sealAll(thought(0, [], "native")));
  expect(sealer.open(signature, "")).toEqual({ origin, native: "native" });
});

test("thoughts after each other are sealed each with its own text", () => {
  const [first, second] = signaturesOf(sealAll([...thought(0, ["a"], "1"), ...thought(1, ["b"], "2")]));
  expect(sealer.open(first, "a")?.native).toBe("1");
  expect(sealer.open(second, "b")?.native).toBe("2");
  expect(sealer.open(second, "ab")).toBeUndefined();
});

test("redacted data is in the envelope", () => {
  const [start] = sealAll([{ type: "block-start", index: 0, block: { type: "reasoning", redacted: "data" } }]);
  if (start?.type !== "block-start" || start.block.type !== "reasoning") throw new Error("no thought");
  expect(sealer.open(start.block.redacted, "")).toEqual({ origin, native: "data" });
});

test("everything else goes by as it is", () => {
  const events: ChatEvent[] = [
    { type: "start", id: "a", model: "m", usage: noUsage },
    { type: "block-start", index: 0, block: { type: "text" } },
    { type: "block-delta", index: 0, text: "a" },
    { type: "opaque-event", protocol: "anthropic-messages", value: { type: "citations_delta" } },
    { type: "block-stop", index: 0 },
    { type: "block-start", index: 1, block: { type: "tool-call", id: "c", name: "n" } },
    { type: "block-delta", index: 1, text: "{}" },
    { type: "block-stop", index: 1 },
    { type: "usage", usage: noUsage },
    { type: "finish", reason: "stop", usage: noUsage },
    { type: "error", error: { code: "internal", message: "m" } },
  ];
  expect(sealAll(events)).toEqual(events);
});
