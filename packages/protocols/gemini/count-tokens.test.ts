import { expect, test } from "vitest";
import { decodeCountTokens, encodeCountTokens, encodeTotalTokens, readTotalTokens } from "./count-tokens.ts";
import { targetFor } from "./__fixtures__/requests.ts";

const path = { model: "google/gemini-3-pro", stream: false };
const contents = [{ role: "user", parts: [{ text: "hello" }] }];

test("the contents alone are counted", () => {
  expect(decodeCountTokens({ contents }, path)).toMatchObject({
    model: "google/gemini-3-pro",
    messages: [{ role: "user", content: [{ type: "text", text: "hello" }] }],
  });
});

test.each(["generateContentRequest", "generate_content_request"])("a whole request in %s is counted whole", (field) => {
  const whole = { model: "models/gemini-3-pro", contents, systemInstruction: { parts: [{ text: "Be brief." }] } };
  expect(decodeCountTokens({ [field]: whole }, path)).toMatchObject({
    model: "google/gemini-3-pro",
    system: [{ type: "text", text: "Be brief." }],
  });
});

test("Google is told the model inside of the request, too", () => {
  const request = decodeCountTokens({ contents }, path);
  expect(encodeCountTokens(request, targetFor("gemini-3-pro-preview").target)).toEqual({
    generateContentRequest: { model: "models/gemini-3-pro-preview", contents },
  });
});

test.each([
  [{ totalTokens: 17 }, 17],
  [{ total_tokens: 0 }, 0],
  [{}, undefined],
  [{ totalTokens: "17" }, undefined],
  [{ totalTokens: -1 }, undefined],
  ["17", undefined],
])("of %j the count is %s", (body, count) => {
  expect(readTotalTokens(body)).toBe(count);
});

test("a client is told the total", () => {
  expect(encodeTotalTokens(17)).toEqual({ totalTokens: 17 });
});
