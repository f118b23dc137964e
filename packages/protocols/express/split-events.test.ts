import fc from "fast-check";
import { expect, test } from "vitest";
import { createEventSplitter } from "./split-events.ts";

const stream = Buffer.from("event: a\ndata: é\n\ndata: 🚀\ndata: b\n\n: comment\n\ndata: rest");

function split(pieces: readonly Buffer[]): { runs: string[]; rest: string } {
  const splitter = createEventSplitter();
  const runs = pieces.map((piece) => splitter.take(piece).toString()).filter((run) => run !== "");
  return { runs, rest: splitter.rest().toString() };
}

test("gives whole events only, and all of them, at every cut", () => {
  for (let cut = 0; cut <= stream.length; cut++) {
    const { runs, rest } = split([stream.subarray(0, cut), stream.subarray(cut)]);
    expect(runs.join("") + rest).toBe(stream.toString());
    expect(rest).toBe("data: rest");
    for (const run of runs) expect(run.endsWith("\n\n")).toBe(true);
  }
});

test("any chunking gives the same bytes", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 })), (sizes) => {
      const pieces: Buffer[] = [];
      let at = 0;
      for (const size of sizes) pieces.push(stream.subarray(at, (at += size)));
      pieces.push(stream.subarray(at));
      const { runs, rest } = split(pieces);
      expect(runs.join("") + rest).toBe(stream.toString());
    }),
  );
});

test("CRLF and CR become LF, also when a chunk ends between them", () => {
  const text = stream.toString();
  for (const lineEnd of ["\r\n", "\r"]) {
    const bytes = Buffer.from(text.replaceAll("\n", lineEnd));
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { runs, rest } = split([bytes.subarray(0, cut), Buffer.alloc(0), bytes.subarray(cut)]);
      expect(runs.join("") + rest).toBe(text);
    }
  }
});

test("an event is given as soon as it is whole", () => {
  const splitter = createEventSplitter();
  expect(splitter.take(Buffer.from("data: a\n")).toString()).toBe("");
  expect(splitter.take(Buffer.from("\ndata: b")).toString()).toBe("data: a\n\n");
  expect(splitter.rest().toString()).toBe("data: b");
});

test("an endless event is refused instead of held", () => {
  const splitter = createEventSplitter();
  const chunk = Buffer.alloc(40 * 1024 * 1024, "x");
  splitter.take(chunk);
  expect(() => splitter.take(chunk)).toThrow(RangeError);
});
