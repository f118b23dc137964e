import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../model/chat-event.ts";
import type { ExpressContext } from "../protocol-contract.ts";
import { createSealer } from "../reasoning/sealer.ts";
import { delta, streamOf } from "./__fixtures__/replay.ts";
import { createScanner } from "./scan-stream.ts";

const context: ExpressContext = {
  requestedModel: "m",
  origin: "o",
  sealer: createSealer(new Uint8Array(32)),
  includeUsage: true,
};
const usageChunk = { choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } };
const answer = [delta({ role: "assistant", content: "" }), delta({ content: "a" }), delta({}, "stop"), usageChunk];

function scan(stream: string, over: Partial<ExpressContext> = {}): { text: string | undefined; events: ChatEvent[] } {
  const events: ChatEvent[] = [];
  const scanner = createScanner({ ...context, ...over }, (event) => events.push(event));
  const piece = scanner.write(Buffer.from(stream));
  return { text: piece === undefined ? undefined : piece.toString() + scanner.end().toString(), events };
}

test("an answer under its own name goes on byte for byte", () => {
  const bytes = Buffer.from(streamOf(answer));
  const scanner = createScanner(context, () => {});
  expect(scanner.write(bytes)?.equals(bytes)).toBe(true);
  expect(scanner.end()).toHaveLength(0);
});

test("the model is named as the client asked for it, wherever its name is written", () => {
  expect(scan(streamOf(answer), { requestedModel: 'é"' }).text).toBe(
    streamOf(answer).replaceAll('"model":"m"', '"model":"é\\""'),
  );
  const quoted = streamOf([delta({ content: '"model":"x"' }), delta({}, "stop")]);
  expect(scan(quoted, { requestedModel: "n" }).text).toBe(quoted.replaceAll('"model":"m"', '"model":"n"'));
});

test("the usage chunk is kept from a client that did not ask for it, and counted", () => {
  const { text, events } = scan(streamOf(answer), { includeUsage: false });
  expect(text).toBe(streamOf(answer.slice(0, -1)));
  expect(events.at(-1)).toMatchObject({ type: "finish", usage: { inputTokens: 7, outputTokens: 3 } });
});

test("usage that stands beside content is never kept back", () => {
  const last = { choices: [{ index: 0, delta: { content: "b" }, finish_reason: "stop" }], usage: usageChunk.usage };
  expect(scan(streamOf([last]), { includeUsage: false }).text).toBe(streamOf([last]));
});

test.each(["content", "reasoning_content"])("%s that went by is measured, about, also in equal pieces", (field) => {
  const scanner = createScanner(context, () => {});
  const pieces = Array.from({ length: 100 }, () => delta({ [field]: "ten & more" }));
  scanner.write(Buffer.from(streamOf([delta({ role: "assistant", [field]: "ten & more" }), ...pieces])));
  expect(scanner.contentLength).toBeGreaterThan(900);
  expect(scanner.contentLength).toBeLessThan(1_200);
});

describe("the end is told as on the long way", () => {
  const oneCall = delta({ tool_calls: [{ index: 0, id: "c", function: { name: "a", arguments: "{}" } }] });
  test.each<[string, object[], object]>([
    ["stop", [delta({ content: "a" }, "stop")], { reason: "stop" }],
    ["length", [delta({ content: "a" }, "length")], { reason: "length" }],
    ["a filter", [delta({ content: "a" }, "content_filter")], { reason: "content-filter" }],
    ["an unknown word", [delta({ content: "a" }, "eos")], { reason: "stop" }],
    ["calls", [oneCall, delta({}, "tool_calls")], { reason: "tool-calls" }],
    ["stop although a tool was called", [oneCall, delta({}, "stop")], { reason: "tool-calls" }],
    [
      "calls that are none",
      [delta({ content: "a", tool_calls: [] }), delta({ tool_calls: null }, "stop")],
      { reason: "stop" },
    ],
    ["words of a call in a text", [delta({ content: '"tool_calls":[{' }, "stop")], { reason: "stop" }],
    ["a refusal", [delta({ refusal: "" }), delta({ refusal: "no" }), delta({}, "stop")], { reason: "refusal" }],
    [
      "a stop sequence of vLLM",
      [{ choices: [{ index: 0, delta: {}, finish_reason: "stop", stop_reason: "###" }] }],
      { reason: "stop-sequence", stopSequence: "###" },
    ],
    [
      "usage of Groq",
      [delta({}, "stop"), { choices: [], x_groq: { usage: usageChunk.usage } }],
      { usage: { inputTokens: 7 } },
    ],
    [
      "usage of Moonshot",
      [{ choices: [{ index: 0, delta: {}, finish_reason: "stop", usage: usageChunk.usage }] }],
      { usage: { inputTokens: 7 } },
    ],
    ["no usage", [delta({ content: "a" }, "stop")], { usageMissing: true }],
  ])("%s", (_, chunks, expected) => {
    expect(scan(streamOf(chunks)).events.at(-1)).toMatchObject({ type: "finish", ...expected });
  });
});

describe("errors are told to the meter and kept from the client, with all that follows", () => {
  const ok = streamOf([delta({ content: "a" })], false);
  const late = streamOf([delta({ content: "late" }, "stop")]);
  test.each<[string, string, string]>([
    ["an error", 'data: {"error":{"message":"slow","code":429}}\n\n', "upstream_rate_limited"],
    ["an error beside choices", 'data: {"choices":[],"error":{"message":"boom"}}\n\n', "upstream_error"],
    ["vLLM's error", 'data: {"object":"error","message":"boom","code":500}\n\n', "upstream_error"],
    ["Z.ai's error", 'data: {"code":1302,"msg":"busy"}\n\n', "upstream_rate_limited"],
    ["a named error", 'event: error\ndata: {"message":"Rate limit reached","code":429}\n\n', "upstream_rate_limited"],
  ])("%s", (_, event, code) => {
    const { text, events } = scan(ok + event + late);
    expect(text).toBe(ok);
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code } });
  });

  test("a failure spelled as a reason", () => {
    expect(scan(streamOf([delta({ content: "a" }, "insufficient_system_resource")])).events.at(-1)).toMatchObject({
      type: "error",
      error: { code: "upstream_overloaded" },
    });
  });

  test("null is no error", () => {
    expect(scan(streamOf([{ ...delta({ content: "a" }, "stop"), error: null }])).events.at(-1)?.type).toBe("finish");
  });

  test("an end before the beginning, and a beginning without an end", () => {
    expect(scan("data: [DONE]\n\n").events).toMatchObject([
      { type: "error", error: { code: "upstream_invalid_response" } },
    ]);
    expect(scan(ok).events.at(-1)).toMatchObject({ type: "error", error: { code: "upstream_invalid_response" } });
  });

  test("an endless event", () => {
    const events: ChatEvent[] = [];
    const scanner = createScanner(context, (event) => events.push(event));
    scanner.write(Buffer.from(ok));
    for (let at = 0; at < 3; at++) scanner.write(Buffer.alloc(30 * 1024 * 1024, "x"));
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "upstream_invalid_response" } });
  });
});

test("a stream without [DONE], and without the blank line before it, gets them", () => {
  expect(scan(streamOf(answer, false).trimEnd()).text).toBe(streamOf(answer));
});

test("an answer that is ended without a reason gets one", () => {
  const call = delta({ tool_calls: [{ index: 0, id: "c", function: { name: "a", arguments: "{}" } }] });
  for (const holdsCalls of [false, true]) {
    for (const [first, reason] of [
      [delta({ content: "a" }), "stop"],
      [call, "tool_calls"],
    ] as const) {
      const { text = "", events } = scan(streamOf([first]), { holdsCalls, requestedModel: "wanted" });
      const chunks = text.split("\n\n").map((event) => event.slice("data: ".length));
      expect([chunks.length, chunks[2]]).toEqual([4, "[DONE]"]);
      expect(JSON.parse(chunks[1] ?? "")).toMatchObject({
        object: "chat.completion.chunk",
        model: "wanted",
        choices: [{ index: 0, delta: {}, finish_reason: reason }],
      });
      expect(events.at(-1)?.type).toBe("finish");
    }
  }
});

test("half of a chunk is not forwarded: no client could parse it", () => {
  const whole = streamOf(answer.slice(0, 1), false);
  const cut = streamOf(answer.slice(1, 2), false);
  for (let at = 0; at < cut.length - 2; at++) {
    const { text, events } = scan(whole + cut.slice(0, at));
    expect(text).toBe(whole);
    expect(events.at(-1)?.type).toBe("error");
  }
});

test("CRLF goes on as LF", () => {
  expect(scan(streamOf(answer).replaceAll("\n", "\r\n")).text).toBe(streamOf(answer));
});

test("comments go on", () => {
  const stream = streamOf(answer).replace("data: [DONE]", ": wait\n\ndata: [DONE]");
  expect(scan(stream).text).toBe(stream);
});

test("content has begun with the first word, thought or call, not with a role", () => {
  const begun = (fields: object) => {
    const scanner = createScanner(context, () => {});
    scanner.write(Buffer.from(streamOf([delta(fields)], false)));
    return scanner.contentStarted;
  };
  expect([{ role: "assistant", content: "" }, { content: null }].map(begun)).toEqual([false, false]);
  expect(
    [{ content: "a" }, { reasoning_content: "a" }, { reasoning: "a" }, { refusal: "a" }, { tool_calls: [{}] }].map(
      begun,
    ),
  ).toEqual([true, true, true, true, true]);
});

test.each([
  ["a comment first", `: hi\n\n${streamOf(answer)}`],
  ["an event's name first", 'event: error\ndata: {"message":"no"}\n\n'],
  ["JSON", '{"choices":[]}'],
  ["too little to tell", "data"],
])("%s is left to the long way, unread", (_, stream) => {
  expect(scan(stream)).toMatchObject({ text: undefined, events: [] });
});
