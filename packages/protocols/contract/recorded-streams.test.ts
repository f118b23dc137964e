import { describe, expect, test } from "vitest";
import { checkAnthropicStream } from "../grammar/check-anthropic-stream.ts";
import { checkGeminiStream } from "../grammar/check-gemini-stream.ts";
import { checkResponsesStream } from "../grammar/check-responses-stream.ts";
import type { ChatAnswer } from "../model/chat-answer.ts";
import type { ChatEvent } from "../model/chat-event.ts";
import type { ProtocolName } from "../model/protocol.ts";
import type { Usage } from "../model/usage.ts";
import { protocolFor, protocols } from "../protocols.ts";
import { sealEvents } from "../reasoning/seal-events.ts";
import {
  canBeSent,
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

    test.each([protocolFor("anthropic-messages")].filter((client) => canBeSent(client, events)))(
      "reaches a Messages client as a legal stream (T1)",
      (messages) => {
        expect(checkAnthropicStream(encodeEvents(messages, sealAll(events)))).toEqual([]);
      },
    );

    test.each(["sse", "json-array"] as const)("reaches a Gemini client as a legal stream, framed as %s", (framing) => {
      expect(checkGeminiStream(encodeEvents(protocolFor("gemini"), sealAll(events), { framing }))).toEqual([]);
    });

    test("reaches a Responses client as a legal stream", () => {
      expect(checkResponsesStream(encodeEvents(protocolFor("openai-responses"), sealAll(events)))).toEqual([]);
    });

    test.each(protocols.filter((client) => canBeSent(client, events)))(
      "a client of $name reads what the upstream said",
      (client) => {
        const sealed = sealAll(events);
        const said = fold(sealed);
        const read = fold(decodePieces(client, [Buffer.from(encodeEvents(client, sealed))]));
        expect(wordsOf(read, client.name)).toEqual(wordsOf(said, client.name));
        expect(read.error?.code).toBe(said.error?.code);
        if (said.error === undefined) {
          expect(countsOf(read.usage, client.name)).toEqual(countsOf(said.usage, client.name));
        }
      },
    );
  },
);

/** Messages and Gemini have no word for a refusal but text; Gemini gives the input of a call as an object. */
function wordsOf(answer: ChatAnswer, client: ProtocolName): object {
  const { text, refusal, reasoning, calls } = gist(answer);
  const given = calls.map((call) => ({
    ...call,
    arguments: client === "gemini" ? JSON.stringify(JSON.parse(call.arguments || "{}")) : call.arguments || "{}",
  }));
  return { text: text + refusal, reasoning, calls: given };
}

/** Chat has no word for the lifetime of what was written to the cache, Gemini none for what was written. */
function countsOf(usage: Usage, client: ProtocolName): Usage {
  const written = client === "gemini" ? 0 : usage.cacheWriteTokens + usage.cacheWrite1hTokens;
  return { ...usage, cacheWriteTokens: written, cacheWrite1hTokens: 0 };
}
