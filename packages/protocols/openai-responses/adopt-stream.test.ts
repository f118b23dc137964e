import { describe, expect, test } from "vitest";
import { clientContext, origin, testSealer } from "../contract/__fixtures__/answers.ts";
import { loadRecordings, type Recording } from "../contract/__fixtures__/recordings.ts";
import { checkResponsesStream } from "../grammar/check-responses-stream.ts";
import type { ChatEvent } from "../model/chat-event.ts";
import { noUsage } from "../model/usage.ts";
import { openaiResponses } from "./index.ts";

/*
 * Another upstream goes on where the express lane has brought the client: at every event of every recording, what both have told
 * is one legal stream.
 */

const recordings = loadRecordings().filter(
  ({ protocol, name }) =>
    protocol.name === "openai-responses" && name.startsWith("openai-") && !name.includes("failed"),
);

/** What the client has of the first events, and what the gateway has read in it. Undefined if it has all, or no content. */
function forwardFirst({ bytes, profile }: Recording, count: number): { told: string; events: ChatEvent[] } | undefined {
  const context = { requestedModel: clientContext.requestedModel, origin, sealer: testSealer(), includeUsage: false };
  let isWhole = false;
  const scanner = openaiResponses.express.createScanner({ ...context, holdsCalls: true }, (event) => {
    isWhole ||= event.type === "finish";
  });
  const pieces = eventsOf(bytes).slice(0, count);
  const told = pieces.map((piece) => (scanner.write(Buffer.from(piece)) ?? "").toString()).join("");
  if (isWhole || !scanner.contentStarted) return undefined;
  const events: ChatEvent[] = [];
  const newId = (prefix: string): string => `${prefix}new`;
  openaiResponses.createStreamDecoder({ profile, newId }, (event) => events.push(event)).write(told);
  return { told, events };
}

function eventsOf(bytes: Buffer): string[] {
  return bytes.toString("utf8").split(/(?<=\n\n)/);
}

/** The type of the block that is open. */
function openIn(events: readonly ChatEvent[]): string | undefined {
  const last = events.findLast(({ type }) => type === "block-start" || type === "block-stop");
  return last?.type === "block-start" ? last.block.type : undefined;
}

const finish: ChatEvent = { type: "finish", reason: "stop", usage: { ...noUsage, inputTokens: 3, outputTokens: 4 } };
const block = (index: number, type: "reasoning" | "text", text: string): ChatEvent[] => [
  { type: "block-start", index, block: { type } },
  { type: "block-delta", index, text },
  { type: "block-stop", index, ...(type === "reasoning" ? { signature: "or1.a.b" } : {}) },
];
const call: ChatEvent[] = [
  { type: "block-start", index: 9, block: { type: "tool-call", id: "call_new", name: "read" } },
  { type: "block-delta", index: 9, text: '{"path":"b"}' },
  { type: "block-stop", index: 9 },
];

/** What comes next, behind what is open. */
const rests: Readonly<Record<string, readonly ChatEvent[]>> = {
  "a thought, a text and a call": [...block(7, "reasoning", "Anew."), ...block(8, "text", " And on."), ...call, finish],
  "a text": [...block(8, "text", " And on."), finish],
  "a call": [...call, finish],
  "its end": [finish],
};

const failure: ChatEvent = { type: "error", error: { code: "upstream_error", message: "gone" } };

/** What the hub tells behind an open block: its end, unless a text goes on in it. */
function goOn(open: string | undefined, rest: readonly ChatEvent[]): readonly ChatEvent[] {
  const [first] = rest;
  if (open === "text" && first?.type === "block-start" && first.block.type === "text") return rest.slice(1);
  if (open === undefined) return rest;
  return [{ type: "block-stop", index: 1, ...(open === "reasoning" ? { signature: "or1.a.b" } : {}) }, ...rest];
}

describe.each(recordings.map((recording) => ({ name: recording.name, recording })))("$name", ({ recording }) => {
  test.each(Object.entries(rests))("goes on with %s", (_, rest) => {
    let timesGoneOn = 0;
    for (let at = 1; at <= eventsOf(recording.bytes).length; at++) {
      const first = forwardFirst(recording, at);
      if (first === undefined) continue;
      const encoder = openaiResponses.createStreamEncoder(clientContext);
      // As the long way does beside its own state.
      for (const event of first.events) encoder.encode(event);
      const goesOn = encoder.adopt?.(first.told) === true;
      if (goesOn) timesGoneOn += 1;
      const more = goesOn ? goOn(openIn(first.events), rest) : [failure];
      const text = first.told + more.map((event) => encoder.encode(event)).join("");
      expect([at, checkResponsesStream(text)]).toEqual([at, []]);
      expect(text).toContain(goesOn ? "event: response.completed" : "event: response.failed");
    }
    expect(timesGoneOn).toBeGreaterThan(1);
  });
});

test("an item of a server's own tools that is open can only be ended with an error", () => {
  const encoder = openaiResponses.createStreamEncoder(clientContext);
  const told = [
    { type: "response.created", sequence_number: 0, response: { id: "resp_1", object: "response", output: [] } },
    {
      type: "response.output_item.added",
      sequence_number: 1,
      output_index: 0,
      item: { id: "ws_1", type: "web_search_call" },
    },
  ].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  expect(encoder.adopt?.(told.join(""))).toBe(false);
  expect(encoder.encode(failure)).toMatch(/^event: response\.failed\ndata: .*"sequence_number":2,.*"id":"resp_1"/);
});
