import { describe, expect, test } from "vitest";
import type { ChatError } from "../model/error.ts";
import { forward } from "./rewrite-events.ts";
import { scanEvents, type EventReader } from "./scan-events.ts";

function scan(over: Partial<EventReader> = {}) {
  const seen: string[] = [];
  const errors: ChatError[] = [];
  const { write, end } = scanEvents({
    isKnown: (chunk) => chunk[0] === 100,
    judge(latin1) {
      seen.push(latin1);
      return forward;
    },
    isOver: () => errors.length > 0,
    fail: (error) => void errors.push(error),
    ...over,
  });
  return { seen, errors, write: (text: string) => write(Buffer.from(text))?.toString(), end: () => end().toString() };
}

const event = 'data: {"a":1}\n\n';

test("a stream in another form is given back, and only its first bytes are asked", () => {
  expect(scan().write("{")).toBeUndefined();
  const { write } = scan();
  expect(write("d")).toBe("");
  expect(write(event.slice(1))).toBe(event);
  expect(write(": ping\n\n")).toBe(": ping\n\n");
});

test("events come whole, wherever the stream is cut", () => {
  for (let at = 1; at < event.length * 2; at++) {
    const { seen, write } = scan();
    const all = event + event;
    expect(`${write(all.slice(0, at))}${write(all.slice(at))}`).toBe(all);
    expect(seen).toEqual([event, event]);
  }
});

describe("when the upstream has closed", () => {
  test("an event without its blank line counts, half of one does not", () => {
    for (const [rest, told] of [
      ['data: {"b":2}', 'data: {"b":2}\n\n'],
      ['data: {"b', ""],
    ] as const) {
      const { write, end, errors } = scan({ complete: () => Buffer.from("the end") });
      write(event + rest);
      expect(end()).toBe(`${told}the end`);
      expect(errors).toEqual([]);
    }
  });

  test("what lacks more than its end is a failure, and nothing is read after one", () => {
    const { write, end, errors } = scan();
    write(event);
    expect(end()).toBe("");
    expect(errors).toMatchObject([{ code: "upstream_invalid_response" }]);
    expect(write(event)).toBe("");
    expect(end()).toBe("");
    expect(errors).toHaveLength(1);
  });
});
