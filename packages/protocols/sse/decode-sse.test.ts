import fc from "fast-check";
import { expect, test } from "vitest";
import { createSseDecoder } from "./decode-sse.ts";

function decode(chunks: string[]): Array<[string, string]> {
  const events: Array<[string, string]> = [];
  const decoder = createSseDecoder((event, data) => events.push([event, data]));
  for (const chunk of chunks) decoder.write(chunk);
  decoder.end();
  return events;
}

const stream =
  '\uFEFF: comment\n\nevent: a\ndata: {"x":1}\n\ndata:no space\r\n\r\nid: 7\nretry: 10\ndata: one\ndata: two\n\ndata\n\r\rdata: cr\r\revent: only-name\n\ndata: last';
const expected = [
  ["a", '{"x":1}'],
  ["", "no space"],
  ["", "one\ntwo"],
  ["", ""],
  ["", "cr"],
  ["", "last"],
];

test("reads names, comments, CRLF, CR, several data lines and an unfinished last event", () => {
  expect(decode([stream])).toEqual(expected);
});

test("cut at every character gives the same events (T4)", () => {
  for (let cut = 0; cut <= stream.length; cut++) {
    expect(decode([stream.slice(0, cut), stream.slice(cut)])).toEqual(expected);
  }
});

test("any chunking gives the same events", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 })), (sizes) => {
      const chunks: string[] = [];
      let at = 0;
      for (const size of sizes) chunks.push(stream.slice(at, (at += size)));
      chunks.push(stream.slice(at));
      expect(decode(chunks)).toEqual(expected);
    }),
  );
});

test("an endless line is refused instead of held", () => {
  const decoder = createSseDecoder(() => {}, 100);
  expect(() => {
    for (let i = 0; i < 20; i++) decoder.write("data: xxxx");
  }).toThrow(RangeError);
});
