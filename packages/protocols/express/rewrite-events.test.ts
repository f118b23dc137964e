import { expect, test } from "vitest";
import { drop, forward, parseData, replaceBy, rewriteEvents, type Verdict } from "./rewrite-events.ts";

const events = Buffer.from("data: é\n\ndata: b\n\ndata: c\n\n");

function rewrite(verdicts: readonly Verdict[], isOver: () => boolean = () => false): Buffer {
  let at = 0;
  return rewriteEvents(events, () => verdicts[at++] ?? forward, isOver);
}

test("nothing changed: the very same buffer goes on", () => {
  expect(rewrite([])).toBe(events);
});

test.each<[string, Verdict[], string]>([
  ["the first is left out", [drop], "data: b\n\ndata: c\n\n"],
  ["the last is left out", [forward, forward, drop], "data: é\n\ndata: b\n\n"],
  ["all are left out", [drop, drop, drop], ""],
  ["one is replaced", [forward, replaceBy("data: ü\n\n"), forward], "data: é\n\ndata: ü\n\ndata: c\n\n"],
  ["one after the other", [replaceBy("1"), drop, replaceBy("3")], "13"],
])("%s", (_, verdicts, expected) => {
  expect(rewrite(verdicts).toString()).toBe(expected);
});

test("after the end nothing goes on", () => {
  let judged = 0;
  const piece = rewriteEvents(
    events,
    () => {
      judged += 1;
      return forward;
    },
    () => judged === 2,
  );
  expect(piece.toString()).toBe("data: é\n\ndata: b\n\n");
  expect(judged).toBe(2);
});

test("the judge sees one character a byte, and the bytes themselves", () => {
  const seen: Array<[number, string]> = [];
  rewriteEvents(
    events,
    (latin1, bytes) => {
      seen.push([latin1.length, bytes.toString()]);
      return forward;
    },
    () => false,
  );
  expect(seen).toEqual([
    [10, "data: é\n\n"],
    [9, "data: b\n\n"],
    [9, "data: c\n\n"],
  ]);
});

test.each<[string, object | undefined]>([
  ['event: a\ndata: {"a":"é"}\n\n', { a: "é" }],
  ['data:{"a":1}\n\n', { a: 1 }],
  ["data: [1]\n\n", undefined],
  ["data: {broken\n\n", undefined],
  [": comment\n\n", undefined],
])("reads the object in %j", (event, value) => {
  expect(parseData(Buffer.from(event))).toEqual(value);
});
