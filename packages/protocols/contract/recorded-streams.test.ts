import { describe, expect, test } from "vitest";
import { checkAnthropicStream } from "../grammar/check-anthropic-stream.ts";
import type { ChatAnswer } from "../model/chat-answer.ts";
import type { ChatEvent } from "../model/chat-event.ts";
import type { Usage } from "../model/usage.ts";
import { protocols } from "../protocols.ts";
import { sealEvents } from "../reasoning/seal-events.ts";
import {
  clientContext,
  countingContext,
  decodePieces,
  encodeEvents,
  fold,
  gist,
  origin,
  sealAll,
  testSealer,
} from "./__fixtures__/answers.ts";
import { cutsOf, loadRecordings, type Recording } from "./__fixtures__/recordings.ts";

/** One run through the pipeline: pieces of bytes in, events and the bytes for a client of every protocol out. */
function relay({ protocol, profile }: Recording, pieces: readonly Uint8Array[]): string {
  const events: ChatEvent[] = [];
  const encoders = protocols.map((client) => client.createStreamEncoder(clientContext));
  const sent = protocols.map(() => "");
  const toClient = sealEvents(origin, testSealer(), (event) => {
    for (const [at, encoder] of encoders.entries()) sent[at] += encoder.encode(event);
  });
  const text = new TextDecoder();
  const decoder = protocol.createStreamDecoder(countingContext({ profile }), (event) => {
    events.push(event);
    toClient(event);
  });
  for (const piece of pieces) decoder.write(text.decode(piece, { stream: true }));
  decoder.write(text.decode());
  decoder.end();
  return `${JSON.stringify(events)}\n${sent.join("\n")}`;
}

describe.each(loadRecordings().map((one) => [one.protocol.name, one.name, one] as const))(
  "%s %s",
  (_, __, recording) => {
    const { protocol, profile, bytes } = recording;
    const events = decodePieces(protocol, [bytes], { profile });

    test("cut at every byte and in pieces of 1, 2, 3 and 7 gives the same events and the same bytes (T4)", () => {
      const whole = relay(recording, [bytes]);
      for (const pieces of cutsOf(bytes)) expect(relay(recording, pieces)).toBe(whole);
    });

    test("reaches a Messages client as a legal stream (T1)", () => {
      const [messages] = protocols;
      if (messages?.name !== "anthropic-messages") throw new Error("the first protocol is another one");
      expect(checkAnthropicStream(encodeEvents(messages, sealAll(events)))).toEqual([]);
    });

    test.each(protocols)("a client of $name reads what the upstream said", (client) => {
      const sealed = sealAll(events);
      const said = fold(sealed);
      const read = fold(decodePieces(client, [Buffer.from(encodeEvents(client, sealed))]));
      expect(wordsOf(read)).toEqual(wordsOf(said));
      expect(read.error?.code).toBe(said.error?.code);
      if (said.error === undefined) expect(withoutLifetimes(read.usage)).toEqual(withoutLifetimes(said.usage));
    });
  },
);

/** Messages has no word for a refusal but text, chat no word for the lifetime of what was written to the cache. */
function wordsOf(answer: ChatAnswer): object {
  const { text, refusal, reasoning, calls } = gist(answer);
  const given = calls.map((call) => (call.arguments === "" ? { ...call, arguments: "{}" } : call));
  return { text: text + refusal, reasoning, calls: given };
}

function withoutLifetimes(usage: Usage): Usage {
  return { ...usage, cacheWriteTokens: usage.cacheWriteTokens + usage.cacheWrite1hTokens, cacheWrite1hTokens: 0 };
}
