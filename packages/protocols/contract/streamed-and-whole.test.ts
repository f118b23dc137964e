import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkAnthropicStream } from "../grammar/check-anthropic-stream.ts";
import { checkGeminiStream } from "../grammar/check-gemini-stream.ts";
import { checkResponsesStream } from "../grammar/check-responses-stream.ts";
import type { ChatAnswer } from "../model/chat-answer.ts";
import type { BlockStart, ChatEvent } from "../model/chat-event.ts";
import type { FinishReason } from "../model/finish-reason.ts";
import type { Usage } from "../model/usage.ts";
import { protocols } from "../protocols.ts";
import {
  canBeSent,
  clientContext,
  decodeJson,
  decodePieces,
  decodeText,
  encodeEvents,
  fold,
  gist,
  type Gist,
  sealAll,
} from "./__fixtures__/answers.ts";
import { loadRecordings } from "./__fixtures__/recordings.ts";

const recorded = loadRecordings().map((one) => ({
  ...one,
  events: decodePieces(one.protocol, [one.bytes], { profile: one.profile }),
}));

describe.each(protocols)("a client of $name", (client) => {
  test.each(
    recorded
      .filter((one) => one.events.at(-1)?.type === "finish" && canBeSent(client, one.events))
      .map((one) => [one.protocol.name, one.name, one] as const),
  )("reads %s %s alike, streamed and whole (T21)", (_, __, { events }) => {
    const sealed = sealAll(events);
    const streamed = fold(decodeText(client, encodeEvents(client, sealed)));
    const whole = fold(decodeJson(client, client.encodeResponse(fold(sealed), clientContext)));
    expect(sense(whole)).toEqual(sense(streamed));
    expect(whole.stopSequence).toBe(streamed.stopSequence);
    expect(whole.extensions).toEqual(streamed.extensions);
    const opaque = (answer: typeof whole) => answer.opaqueEvents?.map(({ value }) => value);
    expect(opaque(whole)).toEqual(opaque(streamed));
    expect([whole.id, whole.model]).toEqual([streamed.id, streamed.model]);
  });

  test("reads any answer alike, streamed and whole, with the usage that was told", () => {
    fc.assert(
      fc.property(answers, (events) => {
        const stream = encodeEvents(client, events);
        if (client.name === "anthropic-messages") expect(checkAnthropicStream(stream)).toEqual([]);
        if (client.name === "gemini") expect(checkGeminiStream(stream)).toEqual([]);
        if (client.name === "openai-responses") expect(checkResponsesStream(stream)).toEqual([]);
        const streamed = sense(fold(decodeText(client, stream)));
        const whole = sense(fold(decodeJson(client, client.encodeResponse(fold(events), clientContext))));
        expect(whole).toEqual(streamed);
        const said = fold(events).usage;
        for (const field of ["inputTokens", "cacheReadTokens", "outputTokens", "reasoningTokens"] as const) {
          expect([field, streamed.usage[field]]).toEqual([field, said[field]]);
        }
        for (const count of Object.values(streamed.usage)) expect(Number.isInteger(count) && count >= 0).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

/** A whole message holds the input of a call as an object, a stream its text. */
function sense(answer: ChatAnswer): Gist {
  const { calls: given, ...rest } = gist(answer);
  return {
    ...rest,
    calls: given.map((call) =>
      call.custom === true ? call : { ...call, arguments: JSON.stringify(JSON.parse(call.arguments || "{}")) },
    ),
  };
}

const count = fc.nat(1_000_000);
const usages = fc
  .tuple(count, count, count, count, count, count)
  .map(([fresh, read, write, write1h, said, thought]): Usage => ({
    inputTokens: fresh + read + write + write1h + 1,
    cacheReadTokens: read,
    cacheWriteTokens: write,
    cacheWrite1hTokens: write1h,
    outputTokens: said + thought + 1,
    reasoningTokens: thought,
  }));

const texts = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 });
const calls = fc
  .dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 })
  .map((value) => [...JSON.stringify(value)]);
const blocks = fc.array(
  fc.oneof(
    texts.map((list) => ["text", list] as const),
    texts.map((list) => ["reasoning", list] as const),
    calls.map((list) => ["tool-call", list] as const),
  ),
  { maxLength: 6 },
);

/** Answers as a decoder emits them: two texts of one kind never follow each other. */
const answers = fc
  .tuple(blocks, usages, fc.constantFrom<FinishReason>("stop", "length", "content-filter", "context-window", "pause"))
  .map(([list, usage, wanted]): ChatEvent[] => {
    const events: ChatEvent[] = [{ type: "start", id: "a", model: "m" }];
    let index = 0;
    let before = "";
    for (const [kind, pieces] of list) {
      if (kind === before && kind !== "tool-call") continue;
      before = kind;
      const block: BlockStart =
        kind === "tool-call" ? { type: kind, id: `call_x${1000 + index}z`, name: "t" } : { type: kind };
      events.push({ type: "block-start", index, block });
      for (const text of pieces) events.push({ type: "block-delta", index, text });
      events.push({ type: "block-stop", index: index++ });
    }
    const reason = wanted === "stop" && list.some(([kind]) => kind === "tool-call") ? "tool-calls" : wanted;
    return sealAll([...events, { type: "finish", reason, usage }]);
  });
