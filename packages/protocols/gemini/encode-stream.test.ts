import { expect, test } from "vitest";
import { checkGeminiStream } from "../grammar/check-gemini-stream.ts";
import type { ChatEvent } from "../model/chat-event.ts";
import { noUsage } from "../model/usage.ts";
import type { EncodeAnswerContext } from "../protocol-contract.ts";
import { carryThoughts } from "./carried-thoughts.ts";
import { decodeContents } from "./decode-contents.ts";
import { encodeResponse } from "./encode-response.ts";
import { createStreamEncoder } from "./encode-stream.ts";
import { fold } from "./__fixtures__/replay.ts";

const context: EncodeAnswerContext = { requestedModel: "moonshotai/kimi-k2", id: "abc", created: 1 };
const usage = { ...noUsage, inputTokens: 10, cacheReadTokens: 4, outputTokens: 9, reasoningTokens: 3 };

const answer: ChatEvent[] = [
  { type: "start", id: "a", model: "m" },
  { type: "block-start", index: 0, block: { type: "reasoning" } },
  { type: "block-delta", index: 0, text: "Think " },
  { type: "block-delta", index: 0, text: "hard." },
  { type: "block-stop", index: 0, signature: "or1.a.b" },
  { type: "block-start", index: 1, block: { type: "tool-call", id: "call_1", name: "f" } },
  { type: "block-delta", index: 1, text: '{"a":' },
  { type: "block-delta", index: 1, text: "1}" },
  { type: "block-stop", index: 1 },
  { type: "block-start", index: 2, block: { type: "text" } },
  { type: "block-delta", index: 2, text: "so" },
  { type: "block-delta", index: 2, text: " it is" },
  { type: "block-stop", index: 2 },
  { type: "finish", reason: "tool-calls", usage },
];

function encode(events: readonly ChatEvent[], over: Partial<EncodeAnswerContext> = {}): string {
  const encoder = createStreamEncoder({ ...context, ...over });
  const stream = events.map((event) => encoder.encode(event)).join("");
  expect(checkGeminiStream(stream)).toEqual([]);
  return stream;
}

/** What each chunk says besides what all say. */
function chunksOf(stream: string): object[] {
  return stream
    .split("\n\n")
    .slice(0, -1)
    .map((event) => {
      const { modelVersion, responseId, ...chunk } = JSON.parse(event.slice("data: ".length)) as Record<
        string,
        unknown
      >;
      expect([modelVersion, responseId]).toEqual(["moonshotai/kimi-k2", "abc"]);
      return chunk;
    });
}

function partChunk(part: object): object {
  return { candidates: [{ content: { parts: [part], role: "model" }, index: 0 }] };
}

const carried = carryThoughts([{ type: "reasoning", text: "Think hard.", signature: "or1.a.b" }]);
const call = { functionCall: { id: "call_1", name: "f", args: { a: 1 } }, thoughtSignature: carried };
const end = {
  candidates: [{ content: { parts: [{ text: "" }], role: "model" }, finishReason: "STOP", index: 0 }],
  usageMetadata: {
    promptTokenCount: 10,
    candidatesTokenCount: 6,
    totalTokenCount: 19,
    cachedContentTokenCount: 4,
    thoughtsTokenCount: 3,
  },
};

test("thoughts and text as they come, a call when it is whole, with the thoughts before it in its signature", () => {
  expect(chunksOf(encode(answer))).toEqual([
    partChunk({ text: "Think ", thought: true }),
    partChunk({ text: "hard.", thought: true }),
    partChunk(call),
    partChunk({ text: "so" }),
    partChunk({ text: " it is" }),
    end,
  ]);
});

test("a client that did not ask for thoughts sees none, and brings them back all the same", () => {
  const hidden = encode(answer, { echo: { includeThoughts: false } });
  expect(chunksOf(hidden)).toEqual([partChunk(call), partChunk({ text: "so" }), partChunk({ text: " it is" }), end]);
  const contents = chunksOf(hidden).map((chunk) => (chunk as typeof end).candidates[0]?.content);
  expect(decodeContents(contents)[0]?.content).toEqual([
    { type: "reasoning", text: "Think hard.", signature: "or1.a.b" },
    { type: "tool-call", id: "call_1", name: "f", arguments: '{"a":1}' },
    { type: "text", text: "so it is" },
  ]);
});

test("without alt=sse the same chunks are one array, and an error ends it", () => {
  const sse = chunksOf(encode(answer));
  const array = JSON.parse(encode(answer, { framing: "json-array" })) as object[];
  expect(array).toEqual(sse.map((chunk) => ({ ...chunk, modelVersion: "moonshotai/kimi-k2", responseId: "abc" })));
  const error: ChatEvent = { type: "error", error: { code: "upstream_overloaded", message: "busy" } };
  const broken = JSON.parse(encode([...answer.slice(0, 3), error], { framing: "json-array" })) as object[];
  expect(broken.at(-1)).toEqual({ error: { code: 529, message: "busy", status: "UNAVAILABLE" } });
  expect(JSON.parse(encode([error], { framing: "json-array" }))).toHaveLength(1);
});

test.each(["sse", "json-array"] as const)("signs of life stand anywhere in %s", (framing) => {
  const encoder = createStreamEncoder({ ...context, framing });
  const stream = answer.map((event) => encoder.keepAlive() + encoder.encode(event)).join("");
  expect(checkGeminiStream(stream)).toEqual([]);
});

test("a thought that nothing follows is carried by an empty text", () => {
  const events: ChatEvent[] = [...answer.slice(0, 5), { type: "finish", reason: "length", usage }];
  expect(chunksOf(encode(events)).at(-1)).toMatchObject({
    candidates: [{ content: { parts: [{ text: "", thoughtSignature: carried }] }, finishReason: "MAX_TOKENS" }],
  });
  const { candidates } = encodeResponse(fold(events), context) as { candidates: Array<{ content: object }> };
  expect(candidates[0]?.content).toEqual({
    parts: [
      { text: "Think hard.", thought: true },
      { text: "", thoughtSignature: carried },
    ],
    role: "model",
  });
});

test("arguments that are no object reach the client under one name", () => {
  const events = answer.map((event) =>
    event.type === "block-delta" && event.index === 1 ? { ...event, text: "broken" } : event,
  );
  expect(JSON.stringify(chunksOf(encode(events)))).toContain('"args":{"_raw":"brokenbroken"}');
});

test("searches made for the model are grounding", () => {
  const search: ChatEvent[] = [
    {
      type: "block-start",
      index: 0,
      block: {
        type: "web-search",
        id: "s",
        query: "rain",
        results: [
          { url: "https://a.com", title: "A" },
          { url: "https://a.com", title: "A" },
        ],
      },
    },
    { type: "block-stop", index: 0 },
  ];
  const events: ChatEvent[] = [
    { type: "start", id: "a", model: "m" },
    ...search,
    { type: "finish", reason: "stop", usage },
  ];
  const groundingMetadata = {
    webSearchQueries: ["rain"],
    groundingChunks: [{ web: { uri: "https://a.com", title: "A" } }],
    groundingSupports: [],
  };
  expect(chunksOf(encode(events)).at(-1)).toMatchObject({ candidates: [{ groundingMetadata }] });
  expect(encodeResponse(fold(events), context)).toMatchObject({ candidates: [{ groundingMetadata }] });
});

test("Google's own words for the end go back to its clients", () => {
  const extensions = {
    gemini: {
      candidate: { finishReason: "RECITATION", citationMetadata: {} },
      usageMetadata: { trafficType: "ON_DEMAND" },
    },
  };
  const events: ChatEvent[] = [
    { type: "start", id: "a", model: "m" },
    { type: "finish", reason: "content-filter", usage, extensions },
  ];
  const expected = {
    candidates: [{ finishReason: "RECITATION", citationMetadata: {} }],
    usageMetadata: { trafficType: "ON_DEMAND", promptTokenCount: 10 },
  };
  expect(chunksOf(encode(events)).at(-1)).toMatchObject(expected);
  expect(encodeResponse(fold(events), context)).toMatchObject(expected);
});
