import { expect, test } from "vitest";
import { completeAnswer, completeChunk } from "./complete-answer.ts";

test("a fingerprint that the provider gave stays", () => {
  const body = { system_fingerprint: "fp_1", choices: [] };
  completeAnswer(body);
  expect(body).toEqual({ system_fingerprint: "fp_1", choices: [] });
  const chunk = 'data: {"id":"a","system_fingerprint":"fp_1","choices":[]}';
  expect(completeChunk(chunk)).toBe(chunk);
});

test("a whole answer without one gets null", () => {
  const body: Record<string, unknown> = { choices: [] };
  completeAnswer(body);
  expect(body).toEqual({ system_fingerprint: null, choices: [] });
});

// OpenAI sends null with its newer models; @openrouter/sdk takes a string or nothing in a chunk.
test.each([
  ['{"id":"a","system_fingerprint":null,"choices":[]}', { id: "a", choices: [] }],
  ['{"id":"a", "system_fingerprint": null, "choices":[]}', { id: "a", choices: [] }],
  ['{"system_fingerprint":null,"id":"a","choices":[]}', { id: "a", choices: [] }],
  ['{"id":"a","choices":[],"system_fingerprint":null}', { id: "a", choices: [] }],
])("a chunk with null in its place loses it: %s", (json, expected) => {
  expect(JSON.parse(completeChunk(json))).toEqual(expected);
});

test("a text that speaks of it stays as it is", () => {
  const text = 'it has ,"system_fingerprint":null in it';
  const chunk = JSON.stringify({ choices: [{ delta: { content: text } }] });
  expect(completeChunk(chunk)).toBe(chunk);
});
