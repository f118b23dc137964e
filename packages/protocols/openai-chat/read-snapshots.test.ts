import { expect, test } from "vitest";
import { createSnapshotReader } from "./read-snapshots.ts";

function readAll(pieces: readonly string[], key = "a"): string[] {
  const read = createSnapshotReader();
  return pieces.map((piece) => read(key, piece));
}

test("pieces that follow each other are taken as they are (MiniMax-AI/MiniMax-M2#95)", () => {
  expect(readAll(["The user", " asks", ".", "", " Then", " Then"])).toEqual([
    "The user",
    " asks",
    ".",
    "",
    " Then",
    " Then",
  ]);
});

test("of pieces that hold the whole text so far, what is new is taken", () => {
  expect(readAll(["The", "The user", "The user asks", "The user asks."])).toEqual(["The", " user", " asks", "."]);
});

test("a second piece that only happened to begin like the first costs no more than that", () => {
  expect(readAll(["a", "and", " so", " so on"])).toEqual(["a", "nd", " so", " so on"]);
});

test("each text is read on its own", () => {
  const read = createSnapshotReader();
  expect([read("a", "One"), read("a", "One, two"), read("b", "One"), read("b", " more")]).toEqual([
    "One",
    ", two",
    "One",
    " more",
  ]);
});
