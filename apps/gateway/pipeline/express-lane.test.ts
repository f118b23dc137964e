import { describe, expect, test } from "vitest";
import { createSealer, type ChatEvent, type Protocol } from "@onerouter/protocols";
import { protocols } from "@onerouter/protocols/protocols";
import { generic } from "@onerouter/protocols/vendors/generic";
import { createExpressReader } from "./express-lane.ts";
import type { AnswerReader } from "./read-answer.ts";

const responsesItem =
  '{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"é🚀","annotations":[]}]}';
const responsesAnswer = `{"id":"resp_1","object":"response","model":"up","status":"completed","output":[${responsesItem}],"usage":{"input_tokens":7,"output_tokens":3,"total_tokens":10}}`;

const wires: Readonly<Record<string, { stream: string; whole: string; firstContent: string }>> = {
  "anthropic-messages": {
    stream:
      'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","model":"up","usage":{"input_tokens":7,"output_tokens":0}}}\n\n' +
      'event: ping\ndata: {"type":"ping"}\n\n' +
      'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n' +
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"é🚀"}}\n\n' +
      'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n' +
      'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":3}}\n\n' +
      'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    whole:
      '{"id":"msg_1","type":"message","model":"up","content":[{"type":"text","text":"é🚀"}],"stop_reason":"end_turn","usage":{"input_tokens":7,"output_tokens":3}}',
    firstContent: "event: content_block_start",
  },
  "openai-chat": {
    stream:
      'data: {"id":"c1","model":"up","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n' +
      'data: {"id":"c1","model":"up","choices":[{"index":0,"delta":{"content":"é🚀"}}]}\n\n' +
      'data: {"id":"c1","model":"up","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3}}\n\n' +
      "data: [DONE]\n\n",
    whole:
      '{"id":"c1","model":"up","choices":[{"index":0,"message":{"role":"assistant","content":"é🚀"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3}}',
    firstContent: 'data: {"id":"c1","model":"asked","choices":[{"index":0,"delta":{"content":"é🚀"}}]}',
  },
  "openai-responses": {
    stream:
      'event: response.created\ndata: {"type":"response.created","response":{"id":"resp_1","model":"up","status":"in_progress","output":[]}}\n\n' +
      `event: response.output_item.added\ndata: {"type":"response.output_item.added","output_index":0,"item":{"id":"msg_1","type":"message","role":"assistant","content":[]}}\n\n` +
      'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","item_id":"msg_1","output_index":0,"content_index":0,"delta":"é🚀"}\n\n' +
      `event: response.output_item.done\ndata: {"type":"response.output_item.done","output_index":0,"item":${responsesItem}}\n\n` +
      `event: response.completed\ndata: {"type":"response.completed","response":${responsesAnswer}}\n\n`,
    whole: responsesAnswer,
    firstContent: "event: response.output_item.added",
  },
};
/** Gemini has no lane, see its express.ts. */
const withLane = protocols.filter(({ name }) => name in wires);

interface Lane {
  reader: AnswerReader;
  /** What the client was given, piece by piece. */
  forwarded: Array<{ text: string; content: boolean }>;
  /** What the meter was told, and how much the client had then. */
  told: Array<{ event: ChatEvent; after: number }>;
  /** How much content the meter was told of. */
  lengths: number[];
  /** What went to the long way, if anything did. */
  longWay: string[];
}

function openLane(protocol: Protocol, streamed = true): Lane {
  const lane: Omit<Lane, "reader"> = { forwarded: [], told: [], lengths: [], longWay: [] };
  const reader = createExpressReader({
    protocol,
    profile: generic,
    context: { requestedModel: "asked", origin: "o", sealer: createSealer(new Uint8Array(32)), includeUsage: true },
    streamed,
    forward: (piece, content) => lane.forwarded.push({ text: piece.toString(), content }),
    onEvent: (event) => lane.told.push({ event, after: lane.forwarded.length }),
    onLength: (length) => lane.lengths.push(length),
    longWay: () => ({
      write: (chunk) => lane.longWay.push(chunk.toString("latin1")),
      end: () => lane.longWay.push("end"),
    }),
  });
  return { reader, ...lane };
}

describe.each(withLane)("$name", (protocol) => {
  const { stream = "", whole = "", firstContent = "" } = wires[protocol.name] ?? {};
  const bytes = Buffer.from(stream);
  const asked = stream.replaceAll('"model":"up"', '"model":"asked"');

  test("cut anywhere, the whole stream goes on, or all of it the long way (T4)", () => {
    let express = 0;
    for (let cut = 1; cut < bytes.length; cut++) {
      const { reader, forwarded, told, longWay } = openLane(protocol);
      reader.write(bytes.subarray(0, cut));
      reader.write(bytes.subarray(cut));
      reader.end();
      if (longWay.length > 0) {
        expect(Buffer.from(longWay.slice(0, -1).join(""), "latin1").equals(bytes)).toBe(true);
        expect([longWay.at(-1), forwarded, told]).toEqual(["end", [], []]);
        continue;
      }
      express += 1;
      expect(forwarded.map((piece) => piece.text).join("")).toBe(asked);
      expect(told.at(-1)?.event).toMatchObject({
        type: "finish",
        reason: "stop",
        usage: { inputTokens: 7, outputTokens: 3 },
      });
    }
    expect(express).toBeGreaterThan(bytes.length - 30);
  });

  test("nothing reaches the client before there is content, so that another attempt can take over", () => {
    const at = asked.indexOf(firstContent);
    expect(at).toBeGreaterThan(0);
    const { reader, forwarded } = openLane(protocol);
    for (const event of stream.split(/(?<=\n\n)/)) reader.write(Buffer.from(event));
    reader.end();
    expect(forwarded[0]?.text.startsWith(asked.slice(0, at) + firstContent)).toBe(true);
    expect(forwarded.every((piece) => piece.content)).toBe(true);
  });

  test("a beginning without end is not kept for ever", () => {
    const { reader, forwarded, told } = openLane(protocol);
    reader.write(Buffer.from(stream.slice(0, stream.indexOf("\n\n") + 2)));
    const comments = Buffer.from(": processing\n\n".repeat(400_000));
    for (let sent = 0; sent < 20 * 1024 * 1024; sent += comments.length) reader.write(comments);
    expect(forwarded).toEqual([]);
    expect(told.at(-1)?.event).toMatchObject({ type: "error", error: { code: "upstream_invalid_response" } });
  });

  test("the end is told after its bytes were forwarded", () => {
    const { reader, forwarded, told } = openLane(protocol);
    reader.write(bytes);
    reader.end();
    expect(told.at(-1)).toMatchObject({ event: { type: "finish" }, after: forwarded.length });
    expect(told.filter(({ event }) => event.type === "finish" || event.type === "error")).toHaveLength(1);
  });

  test("a stream that is cut is one error, and its content stays with the client", () => {
    const { reader, forwarded, told } = openLane(protocol);
    reader.write(bytes.subarray(0, bytes.length - 150));
    reader.end();
    expect(told.at(-1)?.event).toMatchObject({ type: "error", error: { code: "upstream_invalid_response" } });
    expect(asked.startsWith(forwarded.map((piece) => piece.text).join(""))).toBe(true);
  });

  test("the length of what has gone by is told with each piece, since an answer may break off at any", () => {
    const { reader, forwarded, lengths } = openLane(protocol);
    const event = stream.split(/(?<=\n\n)/).find((one) => one.includes("é🚀")) ?? "";
    reader.write(Buffer.from(stream.slice(0, stream.indexOf(event))));
    for (let count = 0; count < 20; count++) reader.write(Buffer.from(event.replace("é🚀", "as long as others")));
    expect(forwarded.length).toBeGreaterThan(19);
    expect(lengths.at(-1)).toBeGreaterThan(lengths.at(-10) ?? Infinity);
  });

  test("a whole answer is sent whole, under the name that was asked for", () => {
    const { reader, forwarded, told } = openLane(protocol, false);
    for (const byte of Buffer.from(whole)) reader.write(Buffer.of(byte));
    expect(forwarded).toEqual([]);
    reader.end();
    expect(forwarded).toHaveLength(1);
    const { choices: _, ...fields } = JSON.parse(whole) as Record<string, unknown>;
    expect(JSON.parse(forwarded[0]?.text ?? "")).toMatchObject({ ...fields, model: "asked" });
    expect(told.at(-1)?.event).toMatchObject({ type: "finish", usage: { inputTokens: 7, outputTokens: 3 } });
  });

  test.each<[string, boolean, string]>([
    ["JSON where a stream was asked for (T5)", true, whole],
    ["a page where a stream was asked for", true, "<html>"],
    ["a stream where JSON was asked for", false, stream],
    ["an error as JSON", false, '{"error":{"message":"boom"}}'],
    ["half of a JSON answer", false, whole.slice(0, -9)],
    ["nothing, streamed", true, ""],
    ["nothing, whole", false, ""],
  ])("%s is read the long way", (_, streamed, answer) => {
    const { reader, forwarded, told, longWay } = openLane(protocol, streamed);
    if (answer !== "") reader.write(Buffer.from(answer));
    reader.end();
    expect(Buffer.from(longWay.slice(0, -1).join(""), "latin1").toString()).toBe(answer);
    expect([longWay.at(-1), forwarded, told]).toEqual(["end", [], []]);
  });
});
