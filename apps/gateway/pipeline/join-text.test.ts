import { noUsage, type ChatEvent } from "@onerouter/protocols";
import { checkEvents } from "@onerouter/protocols/grammar/index";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joinText } from "./join-text.ts";

interface Joined {
  text: string;
  isOther: boolean;
}

/** What the client has in the end, when the new text comes in these pieces. */
function join(shown: string, pieces: readonly string[], beginsMessage = true, least = 12): Joined {
  const events: ChatEvent[] = [];
  const joined: Joined = { text: shown, isOther: false };
  const write = joinText({ shown, least, beginsMessage, onOther: () => void (joined.isOther = true) }, (event) =>
    events.push(event),
  );
  write({ type: "start", id: "a", model: "m" });
  write({ type: "block-start", index: 0, block: { type: "text" } });
  for (const text of pieces) if (text !== "") write({ type: "block-delta", index: 0, text });
  write({ type: "block-stop", index: 0 });
  write({ type: "finish", reason: "stop", usage: noUsage });
  expect(checkEvents(events)).toEqual([]);
  // A block of nothing is none.
  expect(events.filter(({ type }) => type === "block-start").length).toBe(
    events.some(({ type }) => type === "block-delta") ? 1 : 0,
  );
  for (const event of events) if (event.type === "block-delta") joined.text += event.text;
  return joined;
}

const whole = "The quick brown fox jumps over the lazy dog.\n\nThen it sleeps, and sleeps, and sleeps until noon.";

describe("at every cut of a text, in pieces of every length", () => {
  test.each<[string, number, (shown: string) => string]>([
    ["the model goes on exactly", 40, () => ""],
    ["it repeats the last words", 12, (shown) => shown.slice(-20)],
    ["it repeats the last words without the space behind them", 12, (shown) => shown.trimEnd().slice(-20)],
    ["it begins anew", 12, (shown) => shown],
    ["it begins anew where it was to go on exactly", 40, (shown) => shown],
  ])("%s", (_, least, repeated) => {
    for (let cut = 1; cut < whole.length; cut++) {
      const shown = whole.slice(0, cut);
      const rest = whole.slice(cut);
      const told = repeated(shown);
      // An upstream is told the text without the white space at its end.
      const gap = told !== "" && shown.endsWith(told) ? "" : shown.slice(shown.trimEnd().length);
      const next = told + gap + rest;
      for (const size of [1, 3, 1000]) {
        const pieces = Array.from({ length: Math.ceil(next.length / size) }, (__, at) =>
          next.slice(at * size, at * size + size),
        );
        expect(join(shown, pieces, false, least)).toEqual({ text: whole, isOther: false });
      }
    }
  });
});

test("a model that takes up its last word, whole or cut off, in pieces of every length", () => {
  const text = whole.slice(0, whole.indexOf(" and sleeps"));
  for (let cut = 1; cut < text.length; cut++) {
    const shown = text.slice(0, cut);
    const word = /[a-z]+$/i.exec(shown)?.[0];
    if (word === undefined) continue;
    for (const size of [1, 3, 1000]) {
      const pieces = (word + text.slice(cut)).match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
      expect(join(shown, pieces).text).toBe(text);
    }
  }
});

test.each<[string, string, string, string]>([
  ["white space lost with the beginning of a message", "It is done.", "Next", "It is done. Next"],
  ["not within a number or a word", "About 3.", "14 and ", "About 3.14 and "],
  ["words that a text has twice", "so on and on and on", "so on and on and on and on", "so on and on and on and on"],
  ["a line break before what is repeated", "one two three four", "\n\ntwo three four five", "one two three four five"],
  ["a repetition too short to be one", "a long story of hel", "lo", "a long story of hello"],
  ["a word that begins like the one before it", "it was long that he", " held on", "it was long that he held on"],
  ["a word that is there twice", "they are very, very ", "very good", "they are very, very very good"],
  ["a number that goes on like itself", "one, two, and 1", "1 more", "one, two, and 11 more"],
])("%s", (_, shown, next, text) => {
  expect(join(shown, [next]).text).toBe(text);
});

test("what is said behind a call is no rest of the text before it", () => {
  const events: ChatEvent[] = [
    { type: "block-start", index: 0, block: { type: "tool-call", id: "a", name: "b" } },
    { type: "block-stop", index: 0 },
    { type: "block-start", index: 1, block: { type: "text" } },
    { type: "block-delta", index: 1, text: "It is done." },
    { type: "block-stop", index: 1 },
  ];
  const joined: ChatEvent[] = [];
  const write = joinText({ shown: "It is done.", least: 12, beginsMessage: true, onOther: () => undefined }, (event) =>
    joined.push(event),
  );
  for (const event of events) write(event);
  expect(joined).toEqual(events);
});

test("an answer told anew in other words is not joined to the first one", () => {
  const told = `${whole.slice(0, 70)} differently now`;
  expect(join(whole.slice(0, 80), [told]).isOther).toBe(true);
  expect(join(whole.slice(0, 80), [...told]).isOther).toBe(true);
});

test("whatever the texts are, nothing is lost but a repetition", () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string({ minLength: 1 })), (shown, pieces) => {
      const { text } = join(shown, pieces, false);
      const next = pieces.join("");
      expect(text.startsWith(shown)).toBe(true);
      expect(next.endsWith(text.slice(shown.length))).toBe(true);
    }),
  );
});
