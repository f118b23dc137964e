import { expect, test } from "vitest";
import type { ChatError } from "../model/error.ts";
import { brokenOff, decodeJsonEvents } from "./decode-json-events.ts";

/** Reads until it fails; an event with `throws` is more than it can take. */
function read(text: string, ignoresOthers = false): { told: unknown[]; errors: ChatError[] } {
  const told: unknown[] = [];
  const errors: ChatError[] = [];
  const decoder = decodeJsonEvents({
    take(name, event) {
      if (event.throws !== undefined) throw new TypeError("more than can be taken");
      told.push([name, event]);
    },
    ignoresOthers,
    done: () => told.push("done"),
    close: () => errors.push(brokenOff),
    fail: (error) => errors.push(error),
    hasEnded: () => errors.length > 0,
  });
  decoder.write(text);
  decoder.end();
  return { told, errors };
}

const message = (text: string) => read(text).errors.map((error) => error.message);

test("objects are told with the names of their events, and the mark of the end", () => {
  expect(read('event: a\ndata: {"b":1}\n\ndata: {}\n\ndata: [DONE]\n\n').told).toEqual([
    ["a", { b: 1 }],
    ["", {}],
    "done",
  ]);
});

test("the first thing that is wrong ends the answer, once", () => {
  expect(message('data: {broken\n\ndata: {"throws":1}\n\n')).toEqual(["the upstream sent an event that is not JSON"]);
  expect(message("data: 1\n\n")).toEqual(["the upstream sent an event that is not an object"]);
  expect(message('data: {"throws":1}\n\ndata: {}\n\n')).toEqual(["more than can be taken"]);
  expect(message("data: {}\n\n")).toEqual([brokenOff.message]);
});

test("what is no object can be passed over", () => {
  expect(read("event: ping\ndata: 1\n\ndata: {}\n\n", true)).toEqual({ told: [["", {}]], errors: [brokenOff] });
});
