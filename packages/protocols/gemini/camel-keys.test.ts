import { expect, test } from "vitest";
import { withCamelKeys } from "./camel-keys.ts";

test("snake_case becomes camelCase, the keys below stay as they are", () => {
  expect(withCamelKeys({ max_output_tokens: 1, response_json_schema: { a_b: 1 }, topP: 2 })).toEqual({
    maxOutputTokens: 1,
    responseJsonSchema: { a_b: 1 },
    topP: 2,
  });
});

test("an object that needs no change is given back as it is", () => {
  const object = { maxOutputTokens: 1 };
  expect(withCamelKeys(object)).toBe(object);
});

test("given in both spellings, camelCase counts", () => {
  expect(withCamelKeys({ top_p: 1, topP: 2 })).toEqual({ topP: 2 });
});
