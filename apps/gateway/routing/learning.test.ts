import { expect, test } from "vitest";
import { createAnswerLengths } from "./answer-lengths.ts";
import { ageOf, createCacheShares } from "./cache-shares.ts";
import { createConversationHabits } from "./conversation-habits.ts";
import { createSessionMemory } from "./session-memory.ts";

const minute = 60_000;

test("what caches really give is learnt by age: one that lives for an hour from one that lives for minutes", () => {
  const shares = createCacheShares();
  expect([0, 1, 2].map((age) => shares.expect("new", age, 0))).toEqual([0.98, 0.49, 0]);
  for (let turn = 0; turn < 30; turn++) {
    shares.observe("hour", 20 * minute, 0.98, 0);
    shares.observe("minutes", 20 * minute, 0, 0);
    shares.observe("lucky", minute, turn % 2, 0);
  }
  expect(shares.expect("hour", ageOf(20 * minute), 0)).toBeGreaterThan(0.9);
  expect(shares.expect("minutes", ageOf(20 * minute), 0)).toBeLessThan(0.1);
  expect(shares.expect("lucky", ageOf(minute), 0)).toBeCloseTo(0.54, 1);
  for (let turn = 0; turn < 500; turn++) shares.observe("hour", 20 * minute, 0, 0);
  expect(shares.expect("hour", ageOf(20 * minute), 0)).toBeLessThan(0.05);
});

test.each([0.8, 0.95, 1])("where caches that work give %d, one nobody has tried is believed to do as well", (share) => {
  const shares = createCacheShares();
  for (let turn = 0; turn < 500; turn++) {
    shares.observe("proven", minute, share, 0);
    // One that misses, or has only what all conversations begin with, says nothing of what a hit gives.
    shares.observe("none", minute, turn % 2 === 0 ? 0 : 0.2, 0);
  }
  expect(shares.expect("new", 0, 0)).toBeCloseTo(share, 3);
  expect(shares.expect("proven", 0, 0)).toBeCloseTo(share, 3);
  expect(shares.expect("none", 0, 0)).toBeLessThan(0.2);
});

test("a single miss is forgiven after days, what was seen often is not", () => {
  const shares = createCacheShares();
  shares.observe("once", minute, 0, 0);
  for (let turn = 0; turn < 100; turn++) shares.observe("often", minute, 0, 0);
  expect(shares.expect("once", 0, 0)).toBeLessThan(0.75);
  expect(shares.expect("often", 0, 0)).toBeLessThan(0.06);
  const later = 5 * 24 * 60 * minute;
  expect(shares.expect("once", 0, later)).toBeGreaterThan(0.9);
  expect(shares.expect("often", 0, later)).toBeLessThan(0.3);
  // A clock that goes back makes nothing older or newer.
  expect(shares.expect("often", 0, -later)).toBe(shares.expect("often", 0, 0));
});

test("how long conversations are, and how long people take, is learnt; with tools apart from without", () => {
  const habits = createConversationHabits();
  expect(habits.expectTurns(true, 0)).toBe(8);
  expect(habits.expectTurns(false, 0)).toBe(1);
  for (let conversation = 0; conversation < 100; conversation++) {
    for (let turn = 0; turn < 5; turn++) habits.observe(false, turn, turn === 0 ? undefined : 10 * minute);
  }
  expect(habits.expectTurns(false, 0)).toBeCloseTo(4.8, 0);
  expect(habits.expectTurns(false, 4)).toBeLessThan(1.2);
  expect(habits.gapShare(false, 1)).toBeGreaterThan(0.85);
  expect(habits.expectTurns(true, 0)).toBe(8);
  expect(habits.expectTurns(true, 5_000)).toBe(50);
});

test("lengths of answers are learnt by model, with and without tools", () => {
  const lengths = createAnswerLengths();
  lengths.observe("m", true, 100);
  // A single one says little.
  expect(lengths.expect("m", true)).toBe(400);
  for (let answer = 0; answer < 1000; answer++) lengths.observe("m", true, 100);
  expect(lengths.expect("m", true)).toBeCloseTo(100, -1);
  expect(lengths.expect("m", false)).toBe(500);
});

test("a session remembers who holds its prompt, newest first, as long as the prompt grows", () => {
  const sessions = createSessionMemory();
  for (let pair = 0; pair < 6; pair++) sessions.note("s", `p${pair}`, 1_000 + pair * 10, pair);
  expect(sessions.find("s")?.holders.map(({ pair }) => pair)).toEqual(["p5", "p4", "p3", "p2"]);
  expect(sessions.find("s")?.turns).toBe(6);
  sessions.note("s", "p5", 300, 10);
  expect(sessions.find("s")?.holders).toEqual([{ pair: "p5", tokens: 300, at: 10 }]);
});

test("sessions are bounded: the one that spoke least lately is forgotten", () => {
  const sessions = createSessionMemory();
  sessions.note("first", "p", 1, 1);
  for (let at = 0; at < 20_000; at++) {
    if (at === 10_000) sessions.note("first", "p", 2, 2);
    sessions.note(String(at), "p", 1, 1);
  }
  expect(sessions.find("first")).toBeDefined();
  expect(sessions.find("0")).toBeUndefined();
});
