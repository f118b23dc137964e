import { EventStreamCodec } from "@smithy/core/event-streams";
import { expect, test } from "vitest";
import { isEventStream, loadFrameDecoder, readEventStream } from "./read-event-stream.ts";

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("utf8")),
  (text) => Buffer.from(text, "utf8"),
);
const decode = await loadFrameDecoder();

function frame(headers: Record<string, string>, body: unknown): Buffer {
  const named = Object.entries(headers).map(([name, value]) => [name, { type: "string" as const, value }] as const);
  return Buffer.from(codec.encode({ headers: Object.fromEntries(named), body: Buffer.from(JSON.stringify(body)) }));
}

const chunk = (event: unknown, json = JSON.stringify(event)): Buffer =>
  frame(
    { ":message-type": "event", ":event-type": "chunk" },
    { bytes: Buffer.from(json).toString("base64"), p: "abc" },
  );

const events = [
  { type: "message_start" },
  { type: "content_block_delta", delta: { text: "grüße 👋" } },
  { type: "message_stop" },
];
const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");

function read(pieces: readonly Buffer[]): string {
  let out = "";
  let ends = 0;
  const reader = readEventStream(decode, {
    write: (bytes) => void (out += bytes.toString("utf8")),
    end: () => (ends += 1),
  });
  for (const piece of pieces) reader.write(piece);
  reader.end();
  expect(ends).toBe(1);
  return out;
}

test("frames become events, wherever the stream is cut", () => {
  const all = Buffer.concat(events.map((event) => chunk(event)));
  expect(read([all])).toBe(text);
  for (let at = 1; at < all.length; at++) expect(read([all.subarray(0, at), all.subarray(at)])).toBe(text);
  expect(read([...all].map((byte) => Buffer.of(byte)))).toBe(text);
});

test("JSON over several lines stays one event, and frames of other kinds are passed over", () => {
  const ping = frame({ ":message-type": "event", ":event-type": "initial-response" }, {});
  expect(read([ping, chunk(undefined, '{\n "type": "ping"\n}')])).toBe('data: {"type":"ping"}\n\n');
});

test.each([
  ["throttlingException", "rate_limit_error"],
  ["serviceUnavailableException", "overloaded_error"],
  ["modelTimeoutException", "timeout_error"],
  ["validationException", "invalid_request_error"],
  ["modelStreamErrorException", "api_error"],
  ["somethingNew", "api_error"],
])("%s is told as %s, and nothing after it is read", (name, type) => {
  const exception = frame({ ":message-type": "exception", ":exception-type": name }, { message: "slow down" });
  const out = read([chunk(events[0]), exception, chunk(events[2])]);
  expect(out).toBe(
    `data: {"type":"message_start"}\n\nevent: error\ndata: {"type":"error","error":{"type":"${type}","message":"slow down"}}\n\n`,
  );
});

test("a damaged frame, an absurd length and bytes that are no frames end the stream with an error", () => {
  const damaged = chunk(events[0]);
  damaged[damaged.length - 6] = (damaged[damaged.length - 6] ?? 0) ^ 1;
  const absurd = Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
  for (const bytes of [damaged, absurd, Buffer.from("data: {}\n\n"), Buffer.alloc(20)]) {
    expect(read([bytes, chunk(events[1])])).toMatch(/^event: error\ndata: .*is damaged/);
  }
});

test("only AWS' own content type is taken for such a stream", () => {
  expect(isEventStream({ "content-type": "application/vnd.amazon.eventstream" })).toBe(true);
  expect(isEventStream({ "content-type": "application/json" })).toBe(false);
  expect(isEventStream({})).toBe(false);
});
