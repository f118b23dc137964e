import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../model/chat-event.ts";
import { noUsage } from "../model/usage.ts";
import type { ExpressContext } from "../protocol-contract.ts";
import { origin, sealer } from "./__fixtures__/requests.ts";
import {
  begin,
  delta,
  done,
  end,
  json,
  sign,
  stop,
  streamOf,
  textBlock,
  thinkingBlock,
  thinks,
  useBlock,
  words,
  type StreamEvent,
} from "./__fixtures__/replay.ts";
import { createScanner } from "./scan-stream.ts";
import { encodeUsage } from "./usage.ts";

const context: ExpressContext = { requestedModel: "claude", origin, sealer, includeUsage: false };
const start = {
  type: "message_start",
  message: { id: "msg_1", model: "claude", usage: { input_tokens: 10, output_tokens: 1 } },
};
const answer = [start, begin(0, textBlock), delta(0, words("a")), stop(0), end("end_turn"), done];

function scan(
  stream: string,
  over: Partial<ExpressContext> = {},
): { text: string | undefined; events: ChatEvent[]; contentLength: number } {
  const events: ChatEvent[] = [];
  const scanner = createScanner({ ...context, ...over }, (event) => events.push(event));
  const piece = scanner.write(Buffer.from(stream));
  const text = piece === undefined ? undefined : piece.toString() + scanner.end().toString();
  return { text, events, contentLength: scanner.contentLength };
}

test("an answer under its own name goes on byte for byte", () => {
  const stream = streamOf(answer);
  const scanner = createScanner(context, () => {});
  const bytes = Buffer.from(stream);
  expect(scanner.write(bytes)?.equals(bytes)).toBe(true);
  expect(scanner.end()).toHaveLength(0);
});

test("the model is named as the client asked for it", () => {
  expect(scan(streamOf(answer), { requestedModel: 'a/b"é' }).text).toBe(
    streamOf(answer).replace('"model":"claude"', '"model":"a/b\\"é"'),
  );
});

test("the meter is told of blocks, usage and end, not of text", () => {
  expect(scan(streamOf(answer)).events).toEqual([
    { type: "start", id: "msg_1", model: "claude", usage: expect.objectContaining({ inputTokens: 10 }) },
    { type: "block-start", index: 0, block: { type: "text" } },
    { type: "block-stop", index: 0 },
    { type: "usage", usage: expect.objectContaining({ inputTokens: 10, outputTokens: 5 }) },
    { type: "finish", reason: "stop", usage: expect.objectContaining({ inputTokens: 10, outputTokens: 5 }) },
  ]);
});

describe("thoughts", () => {
  const sealed = (events: object[]) => {
    const { text = "" } = scan(streamOf([start, ...(events as Array<{ type: string }>), end("end_turn"), done]));
    return /"signature_delta","signature":"([^"]+)"/.exec(text)?.[1];
  };

  test.each<[string, object[], string, string]>([
    [
      "with a signature",
      [begin(0, thinkingBlock), delta(0, thinks('é"\\ \n')), delta(0, thinks("🚀")), delta(0, sign("s")), stop(0)],
      'é"\\ \n🚀',
      "s",
    ],
    [
      "with a signature in pieces",
      [begin(0, thinkingBlock), delta(0, thinks("a")), delta(0, sign("s1")), delta(0, sign("s2")), stop(0)],
      "a",
      "s1s2",
    ],
    ["with all of it at the start", [begin(0, { ...thinkingBlock, thinking: "a", signature: "s" }), stop(0)], "a", "s"],
    ["without a signature", [begin(0, { type: "thinking" }), delta(0, thinks("a")), stop(0)], "a", ""],
    ["empty with a signature (T12)", [begin(0, thinkingBlock), delta(0, sign("s")), stop(0)], "", "s"],
    [
      "that look like the end of their event",
      [begin(0, thinkingBlock), delta(0, thinks('"}} "thinking":"no"}}')), delta(0, sign("s")), stop(0)],
      '"}} "thinking":"no"}}',
      "s",
    ],
    [
      "with fields of their own",
      [begin(0, thinkingBlock), delta(0, { ...thinks("a"), note: '"}}' }), delta(0, sign("s")), stop(0)],
      "a",
      "s",
    ],
    [
      "whose type stands last",
      [
        begin(0, thinkingBlock),
        { type: "content_block_delta", index: 0, delta: { thinking: "x".repeat(300), type: "thinking_delta" } },
        delta(0, sign("s")),
        stop(0),
      ],
      "x".repeat(300),
      "s",
    ],
  ])("%s go on sealed", (_, events, text, native) => {
    expect(sealer.open(sealed(events), text)).toEqual({ origin, native });
  });

  test("no native signature and no redacted data reaches the client", () => {
    const { text = "" } = scan(
      streamOf([
        start,
        begin(0, { ...thinkingBlock, signature: "native1" }),
        delta(0, sign("native2")),
        stop(0),
        begin(1, { type: "redacted_thinking", data: "native3" }),
        stop(1),
        end("end_turn"),
        done,
      ]),
    );
    expect(text).not.toContain("native");
    expect(sealer.open(/"data":"([^"]+)"/.exec(text)?.[1], "")).toEqual({ origin, native: "native3" });
  });

  test("what is no JSON ends the answer instead of the process", () => {
    const broken = `${streamOf([start, begin(0, thinkingBlock)])}event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"\\x"}}\n\n${streamOf([stop(0), end("end_turn"), done])}`;
    expect(scan(broken).events.at(-1)).toMatchObject({ type: "error", error: { code: "upstream_invalid_response" } });
  });
});

describe("the end", () => {
  test("a reason that the calls contradict is told as on the long way", () => {
    const events = [start, begin(0, useBlock("a")), delta(0, json("{}")), stop(0), end("end_turn"), done];
    expect(scan(streamOf(events)).events.at(-1)).toMatchObject({ type: "finish", reason: "tool-calls" });
    expect(scan(streamOf([start, end("tool_use"), done])).events.at(-1)).toMatchObject({ reason: "stop" });
    expect(
      scan(streamOf([start, end("stop_sequence", { output_tokens: 1 }, { stop_sequence: "#" }), done])).events.at(-1),
    ).toMatchObject({ reason: "stop-sequence", stopSequence: "#" });
  });

  test("usage that was not told is marked as missing", () => {
    expect(scan(streamOf([start, end("end_turn", {}), done])).events.at(-1)).toMatchObject({ usageMissing: true });
  });

  test("an error is told to the meter and kept from the client, with all that follows", () => {
    const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    const { text, events } = scan(streamOf([start, begin(0, textBlock), error, delta(0, words("late"))]));
    expect(text).toBe(streamOf([start, begin(0, textBlock)]));
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "upstream_overloaded" } });
  });

  test("a stream that stops early is an error, one that only lacks message_stop gets it", () => {
    expect(scan(streamOf(answer.slice(0, 3))).events.at(-1)).toMatchObject({
      type: "error",
      error: { code: "upstream_invalid_response" },
    });
    expect(scan(streamOf(answer.slice(0, -1))).text).toBe(streamOf(answer));
  });

  test("half of an event is not forwarded: no client could parse it", () => {
    const whole = streamOf(answer.slice(0, 2));
    const cut = streamOf(answer).slice(whole.length);
    for (let at = 0; at < streamOf(answer.slice(2, 3)).length - 2; at++) {
      const { text, events } = scan(whole + cut.slice(0, at));
      expect(text).toBe(whole);
      expect(events.at(-1)?.type).toBe("error");
    }
  });

  test("the blank line after the last event may be missing", () => {
    const { text, events } = scan(streamOf(answer).trimEnd());
    expect(text).toBe(streamOf(answer));
    expect(events.at(-1)?.type).toBe("finish");
  });

  test("nothing goes on after message_stop", () => {
    expect(scan(streamOf([...answer, delta(0, words("late"))])).text).toBe(streamOf(answer));
  });

  test("an endless event ends the answer", () => {
    const events: ChatEvent[] = [];
    const scanner = createScanner(context, (event) => events.push(event));
    scanner.write(Buffer.from(streamOf([start])));
    for (let at = 0; at < 3; at++) scanner.write(Buffer.alloc(30 * 1024 * 1024, "x"));
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "upstream_invalid_response" } });
    expect(scanner.write(Buffer.from("more"))).toHaveLength(0);
  });
});

describe("a stream that is not legal", () => {
  const call = [begin(1, useBlock("a")), delta(1, json("{}"))];
  const counted = encodeUsage({ ...noUsage, inputTokens: 10, outputTokens: 1 });
  test.each<[string, StreamEvent[], StreamEvent[]]>([
    [
      "a block without its end, before another one",
      [start, begin(0, textBlock), delta(0, words("a")), ...call, stop(1), end("tool_use"), done],
      [start, begin(0, textBlock), delta(0, words("a")), stop(0), ...call, stop(1), end("tool_use"), done],
    ],
    [
      "a block without its end, at the end",
      [start, begin(0, textBlock), delta(0, words("a")), end("end_turn"), done],
      [start, begin(0, textBlock), delta(0, words("a")), stop(0), end("end_turn"), done],
    ],
    [
      "an end without a reason",
      [start, begin(0, textBlock), stop(0), ...call, stop(1), done],
      [start, begin(0, textBlock), stop(0), ...call, stop(1), end("tool_use", counted), done],
    ],
    [
      "a block without its end in an answer without a reason",
      [start, begin(0, textBlock), done],
      [start, begin(0, textBlock), stop(0), end("end_turn", counted), done],
    ],
    ["a second beginning", [start, start, ...answer.slice(1)], answer],
  ])("gets what is missing: %s", (_, events, expected) => {
    for (const holdsCalls of [false, true]) {
      const scanned = scan(streamOf(events), { holdsCalls });
      expect(scanned.text).toBe(streamOf(expected));
      expect(scanned.events.at(-1)?.type).toBe("finish");
    }
  });

  test("an open thought gets its envelope with its end", () => {
    const { text = "" } = scan(
      streamOf([start, begin(0, thinkingBlock), delta(0, thinks("a")), delta(0, sign("s")), end("end_turn"), done]),
    );
    const envelope = /"signature":"(or1[^"]+)"/.exec(text)?.[1];
    expect(sealer.open(envelope, "a")).toEqual({ origin, native: "s" });
    expect(text).toContain(streamOf([delta(0, sign(envelope ?? "")), stop(0), end("end_turn"), done]));
  });

  const half = [start, begin(0, textBlock), delta(0, words("a"))];
  test.each<[string, StreamEvent[], number]>([
    ["a delta without a block", [start, delta(0, words("a")), end("end_turn"), done], 1],
    ["a delta behind its block", [...half, stop(0), delta(0, words("b")), end("end_turn"), done], 4],
    ["a delta of another block", [...half, delta(1, words("b")), stop(0), end("end_turn"), done], 3],
    ["a delta without an index", [...half, { type: "content_block_delta", delta: words("b") }, stop(0), done], 3],
    ["a block that leaves a gap", [...half, stop(0), begin(2, textBlock), stop(2), end("end_turn"), done], 4],
    ["the same block twice", [...half, stop(0), begin(0, textBlock), stop(0), end("end_turn"), done], 4],
    ["an end of no block", [...half, stop(0), stop(0), end("end_turn"), done], 4],
    ["a block behind the end", [...half, stop(0), end("end_turn"), begin(1, textBlock), stop(1), done], 5],
  ])("ends where no client could follow: %s", (_, events, legal) => {
    const scanned = scan(streamOf(events));
    expect(scanned.text).toBe(streamOf(events.slice(0, legal)));
    expect(scanned.events.at(-1)).toMatchObject({ type: "error", error: { code: "upstream_invalid_response" } });
  });

  test("its usage may come by itself, within a block", () => {
    const events = [...half, end(null), delta(0, words("b")), stop(0), end("end_turn"), done];
    expect(scan(streamOf(events)).text).toBe(streamOf(events));
  });
});

test("content has begun when a block has", () => {
  const scanner = createScanner(context, () => {});
  scanner.write(Buffer.from(streamOf([start, { type: "ping" }])));
  expect(scanner.contentStarted).toBe(false);
  scanner.write(Buffer.from(streamOf([begin(0, textBlock)])));
  expect(scanner.contentStarted).toBe(true);
});

test("what went by is measured, about", () => {
  const long = "x".repeat(10_000);
  const { contentLength } = scan(
    streamOf([
      start,
      begin(0, textBlock),
      delta(0, words(long)),
      delta(0, words(long)),
      stop(0),
      end("end_turn"),
      done,
    ]),
  );
  expect(contentLength).toBeGreaterThan(19_900);
  expect(contentLength).toBeLessThan(20_500);
});

test.each([
  ["data without names", 'data: {"type":"message_start"}\n\n'],
  ["a comment first", `: hi\n\n${streamOf(answer)}`],
  ["an error first", 'event: error\ndata: {"type":"error"}\n\n'],
  ["JSON", '{"type":"message"}'],
  ["nothing", ""],
])("%s is left to the long way, unread", (_, stream) => {
  expect(scan(stream)).toMatchObject({ text: undefined, events: [] });
});

test("CRLF goes on as LF", () => {
  expect(scan(streamOf(answer).replaceAll("\n", "\r\n")).text).toBe(streamOf(answer));
});
