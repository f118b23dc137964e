import { describe, expect, test } from "vitest";
import { checkAnthropicStream } from "../grammar/check-anthropic-stream.ts";
import { checkResponsesStream } from "../grammar/check-responses-stream.ts";
import type { ChatEvent } from "../model/chat-event.ts";
import type { AnswerPart } from "../model/content.ts";
import type { ProtocolName } from "../model/protocol.ts";
import { decodeNative } from "../openai-responses/native-reasoning.ts";
import type { ExpressContext } from "../protocol-contract.ts";
import { protocolFor } from "../protocols.ts";
import { createReceipt } from "../receipt.ts";
import { generic } from "../vendors/generic.ts";
import {
  clientContext,
  decodeJson,
  decodePieces,
  encodeEvents,
  fold,
  origin,
  sealAll,
  testSealer,
} from "./__fixtures__/answers.ts";
import { cutsOf, loadRecordings, type Recording } from "./__fixtures__/recordings.ts";
import { requestOf } from "./__fixtures__/requests.ts";

function expressContext(): ExpressContext {
  return { requestedModel: clientContext.requestedModel, origin, sealer: testSealer(), includeUsage: true };
}

interface Scanned {
  forwarded: Buffer;
  events: ChatEvent[];
  contentLength: number;
}

/** Undefined for a stream whose form the lane does not know. */
function scan({ protocol }: Recording, pieces: readonly Buffer[]): Scanned | undefined {
  const events: ChatEvent[] = [];
  const scanner = protocol.express.createScanner(expressContext(), (event) => events.push(event));
  const forwarded: Buffer[] = [];
  for (const [at, piece] of pieces.entries()) {
    const given = scanner.write(piece);
    if (given === undefined) {
      expect(at).toBe(0);
      expect(events).toEqual([]);
      return undefined;
    }
    forwarded.push(given);
  }
  forwarded.push(scanner.end());
  return { forwarded: Buffer.concat(forwarded), events, contentLength: scanner.contentLength };
}

/** Streams that begin with a comment or name their events otherwise are left to the long way. */
const otherForms = [
  "anthropic-messages/generic-crlf",
  "anthropic-messages/generic-no-starts",
  "openai-chat/openrouter",
  "openai-chat/openrouter-error",
  "openai-responses/generic-open-thoughts",
];

/** Answers of Gemini carry signatures nearly always: its lane takes no request (gemini/express.ts). */
const recordings = loadRecordings().filter((one) => one.protocol.name !== "gemini");

test("Gemini's own words take the long way, which seals their signatures", () => {
  const request = requestOf({});
  const target = { profile: generic, upstreamModel: "m", origin, sealer: testSealer(), receipt: createReceipt() };
  expect(protocolFor("gemini").express.rewriteRequest("{}", request, target)).toBeUndefined();
});

test("only streams in a form of their own are left to the long way", () => {
  const left = recordings.filter((one) => scan(one, [one.bytes]) === undefined);
  expect(left.map((one) => `${one.protocol.name}/${one.name}`).sort()).toEqual([...otherForms].sort());
});

const taken = recordings.filter((one) => !otherForms.includes(`${one.protocol.name}/${one.name}`));
/** Only who has made a protocol is trusted with the grammar of its stream, but for chat, which has hardly any. */
const lane = taken.filter(({ protocol, profile }) => {
  if (protocol.name === "openai-chat") return profile.express;
  return protocol.name === "openai-responses" ? profile.name === "openai" : profile.anthropicBetas;
});

test.each(taken.map((one) => [one.protocol.name, one.name, one] as const))(
  "%s %s cut at every byte forwards the same bytes and tells the same (T4)",
  (_, __, recording) => {
    const { bytes } = recording;
    const whole = scan(recording, [bytes]);
    let count = 0;
    for (const pieces of cutsOf(bytes)) {
      const scanned = scan(recording, pieces);
      // The first write decides whether the lane is taken: it needs the name of the first event.
      if (scanned === undefined) {
        expect(pieces[0]?.length).toBeLessThan("event: message_start".length);
        continue;
      }
      count += 1;
      expect(scanned.forwarded.equals(whole?.forwarded ?? Buffer.alloc(0))).toBe(true);
      expect(JSON.stringify(scanned.events)).toBe(JSON.stringify(whole?.events));
    }
    expect(count).toBeGreaterThan(bytes.length - 30);
  },
);

describe.each(lane.map((one) => [one.protocol.name, one.name, one] as const))("%s %s", (_, __, recording) => {
  const { protocol, bytes } = recording;
  const sealed = sealAll(decodePieces(protocol, [bytes]));
  const longWay = encodeEvents(protocol, sealed);
  const end = sealed.at(-1);

  test("the client reads the same as on the long way", () => {
    const scanned = scan(recording, [bytes]);
    if (scanned === undefined) throw new Error("not taken");
    const read = fold(decodePieces(protocol, [scanned.forwarded]));
    const expected = fold(decodePieces(protocol, [Buffer.from(longWay)]));
    expect(read.model).toBe(end?.type === "error" ? read.model : clientContext.requestedModel);
    const asRead = expected.parts.map((part) => withEnvelope(asForwarded(part, protocol.name)));
    expect(read.parts.map((part) => withEnvelope(withInput(part)))).toEqual(asRead);
    if (end?.type === "error") expect(fold(scanned.events).error).toEqual(end.error);
    else {
      expect(read.usage).toEqual(expected.usage);
      expect(read.extensions).toEqual(expected.extensions);
      expect(read.opaqueEvents).toEqual(expected.opaqueEvents);
      expect(read.stopSequence ?? expected.stopSequence).toBe(expected.stopSequence ?? read.stopSequence);
    }
  });

  test("the meter is told the same end and usage as on the long way (T21)", () => {
    const events = scan(recording, [bytes])?.events ?? [];
    // What only the client's protocol has a word for is in the bytes.
    expect(events.at(-1)).toEqual(end?.type === "finish" ? { ...end, extensions: undefined } : end);
    expect(events.filter((event) => event.type === "start")).toHaveLength(1);
    expect(events[0]?.type).toBe("start");
    const counts = (list: readonly ChatEvent[]) => list.filter((event) => event.type === "usage").at(-1);
    expect(counts(events)).toEqual(counts(sealed));
  });
});

const complete = lane.filter((one) => decodePieces(one.protocol, [one.bytes]).at(-1)?.type === "finish");

test.each(complete.map((one) => [one.protocol.name, one.name, one] as const))(
  "%s %s says the same on both ways as a whole JSON answer",
  (_, __, { protocol, bytes }) => {
    const body = protocol.encodeResponse(fold(decodePieces(protocol, [bytes])), clientContext);
    const copy = structuredClone(body);
    protocol.express.rewriteResponse(copy, expressContext());
    const expected = protocol.encodeResponse(fold(sealAll(decodeJson(protocol, body))), clientContext);
    const { parts, ...rest } = fold(decodeJson(protocol, expected));
    const forwarded = parts.map((part) => asForwarded(part, protocol.name));
    expect(fold(decodeJson(protocol, copy))).toEqual({ ...rest, parts: forwarded });
  },
);

test.each(complete.filter((one) => one.protocol.name === "openai-responses"))(
  "what a Responses client gets of $name is a legal stream",
  (recording) => {
    expect(checkResponsesStream(scan(recording, [recording.bytes])?.forwarded.toString() ?? "")).toEqual([]);
  },
);

test.each(complete.filter((one) => one.protocol.name === "anthropic-messages"))(
  "what a Messages client gets of $name is a legal stream (T1)",
  (recording) => {
    const faults = checkAnthropicStream(scan(recording, [recording.bytes])?.forwarded.toString() ?? "");
    // Anthropic itself counts only what is new in message_delta, and leaves the input of a call without arguments empty.
    expect(faults.filter((fault) => !/usage\.|input is not a JSON/.test(fault))).toEqual([]);
  },
);

/** A part as its bytes are forwarded, given the part that the long way makes of it. */
function asForwarded(part: AnswerPart, protocol: ProtocolName): AnswerPart {
  // Providers of chat without a dialect sign no thoughts, and those of their thoughts that return take the long way.
  return protocol === "openai-chat" && part.type === "reasoning" ? { ...part, signature: undefined } : part;
}

/** A Responses client is given the item's own id on the lane, and one of ours on the long way: the envelope is the same. */
function withEnvelope(part: AnswerPart): AnswerPart {
  if (part.type !== "reasoning" || part.signature === undefined) return part;
  return { ...part, signature: decodeNative(part.signature)?.encrypted ?? part.signature };
}

/** The input of a call without arguments is empty at Anthropic, and an object on the long way. */
function withInput(part: AnswerPart): AnswerPart {
  return part.type === "tool-call" && part.arguments === "" ? { ...part, arguments: "{}" } : part;
}
