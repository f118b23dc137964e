import { expect, test } from "vitest";
import {
  clientContext,
  decodePieces,
  encodeEvents,
  fold,
  sealAll,
} from "../../packages/protocols/contract/__fixtures__/answers.ts";
import { loadRecordings } from "../../packages/protocols/contract/__fixtures__/recordings.ts";
import type { ChatEvent } from "../../packages/protocols/model/chat-event.ts";
import { noUsage } from "../../packages/protocols/model/usage.ts";
import { codex169 } from "../../packages/protocols/openai-responses/__fixtures__/codex.ts";
import { openaiResponses } from "../../packages/protocols/openai-responses/index.ts";
import { checkResponse, checkResponseEvent } from "./specs/responses-schema.ts";

function eventsOf(stream: string): unknown[] {
  return [...stream.matchAll(/^data: (.*)$/gm)].map(([, json = ""]) => JSON.parse(json) as unknown);
}

/** An answer with everything that only the gateway puts there. */
const searched: ChatEvent[] = [
  { type: "start", id: "a", model: "m" },
  {
    type: "block-start",
    index: 0,
    block: { type: "web-search", id: "x_0_0", query: "q", results: [{ url: "https://a.example/", title: "A" }] },
  },
  { type: "block-stop", index: 0 },
  { type: "block-start", index: 1, block: { type: "tool-search", id: "x_0_1", query: "q", tools: ["t"] } },
  { type: "block-stop", index: 1 },
  { type: "block-start", index: 2, block: { type: "text" } },
  { type: "block-delta", index: 2, text: "See https://a.example/." },
  { type: "block-stop", index: 2 },
  { type: "block-start", index: 3, block: { type: "tool-call", id: "call_1", name: "tool_search", toolSearch: true } },
  { type: "block-delta", index: 3, text: '{"query":"a"}' },
  { type: "block-stop", index: 3 },
  { type: "finish", reason: "tool-calls", usage: noUsage },
];

const answers: ReadonlyArray<readonly [string, ChatEvent[]]> = [
  ["a search of the gateway's", searched],
  ...loadRecordings().map(
    ({ protocol, name, profile, bytes }) =>
      [`${protocol.name} ${name}`, sealAll(decodePieces(protocol, [bytes], { profile }))] as const,
  ),
];

const echo = openaiResponses.echo?.(openaiResponses.decodeRequest(codex169(() => "s")));

test.each(answers)("a Responses client is given %s as documented, streamed and whole", (_, events) => {
  const stream = eventsOf(encodeEvents(openaiResponses, events, { echo }));
  expect(stream.flatMap(checkResponseEvent)).toEqual([]);
  expect(checkResponse(openaiResponses.encodeResponse(fold(events), { ...clientContext, echo }))).toEqual([]);
});
