import type { Endpoint } from "@onerouter/catalog";
import type { ChatError } from "@onerouter/protocols";
import { expect, test } from "vitest";
import type { Generation } from "./generation.ts";
import { measureOverflow } from "./measure-overflow.ts";

const endpoint = (contextLength?: number): Endpoint => ({
  provider: "p",
  modelId: "a/b",
  upstreamId: "b",
  protocol: "openai-chat",
  baseUrl: "http://127.0.0.1",
  vendor: "generic",
  contextLength,
});
const generation = (bytes: number): Generation => ({ promptLength: bytes }) as unknown as Generation;
const overflow: ChatError = { code: "context_length_exceeded", message: "too long" };

test("what the upstream has counted stays", () => {
  const error = { ...overflow, tokens: { actual: 11, maximum: 10 } };
  expect(measureOverflow(error, endpoint(5), generation(100))).toBe(error);
});

test.each([
  ["a prompt that is longer by our estimate too", 400_000, 50_000, { actual: 100_000, maximum: 50_000 }],
  ["a prompt that our estimate takes for short enough", 4_000, 50_000, { actual: 50_001, maximum: 50_000 }],
  ["an endpoint whose limit nobody knows", 4_000, undefined, { actual: 1_000, maximum: 999 }],
])("%s", (_name, bytes, contextLength, tokens) => {
  expect(measureOverflow(overflow, endpoint(contextLength), generation(bytes)).tokens).toEqual(tokens);
});

test("other errors are left alone", () => {
  const error: ChatError = { code: "upstream_error", message: "x" };
  expect(measureOverflow(error, endpoint(5), generation(100))).toBe(error);
});
