import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BlockStart, ChatEvent } from "../model/chat-event.ts";
import type { Usage } from "../model/usage.ts";
import type { EncodeAnswerContext } from "../protocol-contract.ts";
import { sealEvents } from "../reasoning/seal-events.ts";
import { createSealer } from "../reasoning/sealer.ts";
import { generic as testProfile } from "../vendors/generic.ts";
import { delta, fold, loadFixture, replay, streamOf } from "./__fixtures__/replay.ts";
import { decodeRequest } from "./decode-request.ts";
import { decodeResponse } from "./decode-response.ts";
import { encodeResponse } from "./encode-response.ts";
import { createStreamEncoder } from "./encode-stream.ts";

const context: EncodeAnswerContext = {
  requestedModel: "moonshotai/kimi-k2-thinking",
  id: "abc123",
  created: 1700000000,
  includeUsage: true,
};
const usage: Usage = {
  inputTokens: 10,
  cacheReadTokens: 4,
  cacheWriteTokens: 1,
  cacheWrite1hTokens: 2,
  outputTokens: 6,
  reasoningTokens: 3,
};

function encodeAll(events: readonly ChatEvent[], over: Partial<EncodeAnswerContext> = {}): string {
  const encoder = createStreamEncoder({ ...context, ...over });
  return events.map((event) => encoder.encode(event)).join("");
}

interface Chunk {
  choices: Array<{ delta: { reasoning_details?: object[] }; finish_reason: string | null }>;
}

interface Completion {
  choices: [{ message: { content: string | null } }];
}

function messageOf(body: Record<string, unknown>): Completion["choices"][0]["message"] {
  return (body as unknown as Completion).choices[0].message;
}

function chunksOf(stream: string): Chunk[] {
  return stream
    .split("\n\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice("data: ".length)) as Chunk);
}

const block = (index: number, start: BlockStart, texts: string[], signature?: string): ChatEvent[] => [
  { type: "block-start", index, block: start },
  ...texts.map((text): ChatEvent => ({ type: "block-delta", index, text })),
  signature === undefined ? { type: "block-stop", index } : { type: "block-stop", index, signature },
];

const events: ChatEvent[] = [
  { type: "start", id: "up", model: "up" },
  ...block(0, { type: "reasoning" }, ["a", "b"], "sealed"),
  ...block(1, { type: "text" }, ['"quoted"\n', "é"]),
  ...block(2, { type: "tool-call", id: "call_1", name: "Read" }, ['{"x":', "1}"]),
  ...block(3, { type: "tool-call", id: "call_2", name: "List" }, []),
  ...block(4, { type: "tool-call", id: "call_3", name: "patch", custom: true }, ["***"]),
  { type: "finish", reason: "tool-calls", usage },
];

test("who takes over another server's stream goes on under its id and its time, whatever else that was", () => {
  const told = `: hi\n\n${streamOf([delta({ role: "assistant", content: "a" })])}`;
  const first = JSON.parse(told.slice(told.indexOf("{"), told.lastIndexOf("}") + 1)) as { id: string; created: number };
  const encoder = createStreamEncoder(context);
  expect(encoder.adopt?.(told)).toBe(true);
  const rest =
    encoder.encode({ type: "block-start", index: 0, block: { type: "text" } }) +
    encoder.encode({ type: "block-delta", index: 0, text: "b" }) +
    encoder.encode({ type: "finish", reason: "stop", usage });
  const chunks = rest.split("\n\n").filter((line) => line.includes("{"));
  expect(chunks).toHaveLength(3);
  for (const line of chunks) expect(JSON.parse(line.slice(6))).toMatchObject({ id: first.id, created: first.created });
  const nameless = createStreamEncoder(context);
  nameless.adopt?.('data: {"choices":[]}\n\ndata: {"choices"');
  expect(nameless.encode({ type: "finish", reason: "stop", usage })).toContain('"id":"chatcmpl-abc123"');
});

test("writes OpenAI's chunks, reasoning in all forms, usage and [DONE]", () => {
  const stream = encodeAll(events);
  const chunks = chunksOf(stream);
  for (const chunk of chunks) {
    expect(chunk).toMatchObject({
      id: "chatcmpl-abc123",
      object: "chat.completion.chunk",
      created: 1700000000,
      model: context.requestedModel,
    });
    // @openrouter/sdk takes a string here or nothing.
    expect(chunk).not.toHaveProperty("system_fingerprint");
  }
  const deltas = chunks.map((chunk) => chunk.choices[0]?.delta);
  const detail = { format: "unknown", index: 0 };
  expect(deltas).toEqual([
    { role: "assistant", content: "" },
    { reasoning_content: "a", reasoning: "a", reasoning_details: [{ type: "reasoning.text", text: "a", ...detail }] },
    { reasoning_content: "b", reasoning: "b", reasoning_details: [{ type: "reasoning.text", text: "b", ...detail }] },
    { reasoning_details: [{ type: "reasoning.text", signature: "sealed", ...detail }] },
    { content: '"quoted"\n' },
    { content: "é" },
    { tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "Read", arguments: "" } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{"x":' } }] },
    { tool_calls: [{ index: 0, function: { arguments: "1}" } }] },
    { tool_calls: [{ index: 1, id: "call_2", type: "function", function: { name: "List", arguments: "" } }] },
    { tool_calls: [{ index: 1, function: { arguments: "{}" } }] },
    { tool_calls: [{ index: 2, id: "call_3", type: "custom", custom: { name: "patch", input: "" } }] },
    { tool_calls: [{ index: 2, custom: { input: "***" } }] },
    {},
    undefined,
  ]);
  expect(chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter(Boolean)).toEqual(["tool_calls"]);
  expect(chunks.at(-1)).toMatchObject({
    choices: [],
    usage: {
      prompt_tokens: 10,
      completion_tokens: 6,
      total_tokens: 16,
      prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 3 },
    },
  });
  expect(stream.endsWith("data: [DONE]\n\n")).toBe(true);
});

test("without the wish for usage there is no usage chunk", () => {
  expect(encodeAll(events, { includeUsage: false })).not.toContain("usage");
});

test("redacted thoughts, refusals, errors and signs of life", () => {
  const redacted = encodeAll(block(0, { type: "reasoning", redacted: "data" }, [], "sealed"));
  expect(chunksOf(redacted).map((chunk) => chunk.choices[0]?.delta)).toEqual([
    { reasoning_details: [{ type: "reasoning.encrypted", data: "data", format: "unknown", index: 0 }] },
  ]);
  expect(chunksOf(encodeAll(block(0, { type: "refusal" }, ["no"])))[0]?.choices[0]?.delta).toEqual({ refusal: "no" });
  expect(encodeAll([{ type: "error", error: { code: "upstream_overloaded", message: "busy" } }])).toBe(
    'data: {"error":{"message":"busy","type":"server_error","param":null,"code":"overloaded"}}\n\n',
  );
  expect(createStreamEncoder(context).keepAlive()).toMatch(/^:.*\n\n$/);
});

const textBlock = fc.record({
  kind: fc.constantFrom("text", "reasoning", "refusal"),
  texts: fc.array(fc.string({ minLength: 1, unit: "binary" }), { minLength: 1, maxLength: 3 }),
});
const callBlock = fc.record({
  kind: fc.constant("call"),
  texts: fc.dictionary(fc.string(), fc.jsonValue()).map((value) => [...JSON.stringify(value)]),
});

/** Blocks as a decoder would emit them: two texts of the same kind never follow each other. */
const answers = fc.array(fc.oneof(textBlock, callBlock), { maxLength: 6 }).map((list) => {
  const result: ChatEvent[] = [{ type: "start", id: "chatcmpl-abc123", model: context.requestedModel }];
  let index = 0;
  let last = "";
  for (const { kind, texts } of list) {
    if (kind === last && kind !== "call") continue;
    last = kind;
    const start: BlockStart =
      kind === "call" ? { type: "tool-call", id: `call_x${1000 + index}z`, name: "t" } : { type: kind as "text" };
    result.push(...block(index++, start, texts));
  }
  const reason = list.some(({ kind }) => kind === "call")
    ? "tool-calls"
    : list.some(({ kind }) => kind === "refusal")
      ? "refusal"
      : "stop";
  result.push({ type: "finish", reason, usage: { ...usage, cacheWriteTokens: 3, cacheWrite1hTokens: 0 } });
  return result;
});

test("what is written is read back as the same answer", () => {
  fc.assert(
    fc.property(answers, (list) => {
      expect(fold(replay([encodeAll(list)]))).toEqual(fold(list));
    }),
    { numRuns: 200 },
  );
});

test("an answer as JSON says the same as its stream", () => {
  fc.assert(
    fc.property(answers, (list) => {
      const answer = fold(list);
      const read: ChatEvent[] = [];
      decodeResponse(
        JSON.parse(JSON.stringify(encodeResponse(answer, context))),
        { profile: testProfile, newId: (prefix) => `${prefix}x` },
        (event) => read.push(event),
      );
      const again = fold(read);
      const joined = (kind: string) =>
        answer.parts
          .filter((part) => part.type === kind)
          .map((part) => ("text" in part ? part.text : ""))
          .join("");
      for (const kind of ["text", "reasoning", "refusal"]) {
        expect(
          again.parts
            .filter((part) => part.type === kind)
            .map((part) => ("text" in part ? part.text : ""))
            .join(""),
        ).toBe(joined(kind));
      }
      expect(again.parts.filter((part) => part.type === "tool-call")).toEqual(
        answer.parts.filter((part) => part.type === "tool-call"),
      );
      expect(again.usage).toEqual(answer.usage);
      expect(again.finishReason).toBe(answer.finishReason);
    }),
    { numRuns: 100 },
  );
});

describe("the whole answer", () => {
  test("has everything that strict clients want", () => {
    const body = encodeResponse(fold(events), context);
    expect(body).toMatchObject({
      id: "chatcmpl-abc123",
      object: "chat.completion",
      created: 1700000000,
      model: context.requestedModel,
      system_fingerprint: null,
      choices: [
        {
          index: 0,
          logprobs: null,
          finish_reason: "tool_calls",
          message: {
            role: "assistant",
            refusal: null,
            content: '"quoted"\né',
            reasoning_content: "ab",
            reasoning: "ab",
            reasoning_details: [{ type: "reasoning.text", text: "ab", signature: "sealed", index: 0 }],
          },
        },
      ],
      usage: { total_tokens: 16 },
    });
  });

  test("content is null beside calls and a string otherwise", () => {
    const answer = (parts: Parameters<typeof encodeResponse>[0]["parts"]) =>
      messageOf(encodeResponse({ id: "", model: "", parts, finishReason: "stop", usage }, context));
    expect(answer([]).content).toBe("");
    expect(answer([{ type: "tool-call", id: "c", name: "a", arguments: "" }])).toMatchObject({
      content: null,
      tool_calls: [{ function: { arguments: "{}" } }],
    });
  });

  test.each([
    [{ choices: [] }, "upstream_invalid_response"],
    ["text", "upstream_invalid_response"],
    [{ error: { message: "boom", code: 429 } }, "upstream_rate_limited"],
    [{ choices: [{ message: { content: "a" }, finish_reason: "error" }] }, "upstream_error"],
  ])("%j from an upstream is an error", (body, code) => {
    const read: ChatEvent[] = [];
    decodeResponse(body, { profile: testProfile, newId: (prefix) => prefix }, (event) => read.push(event));
    expect(read).toMatchObject([{ type: "error", error: { code } }]);
  });
});

test("a thought comes back from the client with a signature that opens (T12)", () => {
  const sealer = createSealer(new Uint8Array(32));
  const sealed: ChatEvent[] = [];
  const seal = sealEvents("openrouter/claude", sealer, (event) => sealed.push(event));
  for (const event of replay([loadFixture("openrouter").toString(), streamOf([delta({})])].slice(0, 1))) seal(event);

  // As a client that collects the details of all deltas (@openrouter/ai-sdk-provider), and one that takes the JSON.
  const details = chunksOf(encodeAll(sealed)).flatMap((chunk) => chunk.choices[0]?.delta.reasoning_details ?? []);
  const message = messageOf(encodeResponse(fold(sealed), context));
  for (const assistant of [
    { role: "assistant", content: "Done", reasoning: "First think.", reasoning_details: details },
    message,
  ]) {
    const [thought] =
      decodeRequest({ model: "m", messages: [{ role: "user", content: "a" }, assistant] }).messages[1]?.content ?? [];
    if (thought?.type !== "reasoning") throw new Error("no thought");
    expect(thought.text).toBe("First think.");
    expect(sealer.open(thought.signature, thought.text)).toEqual({
      origin: "openrouter/claude",
      native: "EqoBCkgIARABGAIiQL==",
    });
  }
});
