import { describe, expect, test } from "vitest";
import { createRequestHeaders } from "./request-headers.ts";

describe("the credential", () => {
  test.each([
    ["openai-chat", "generic", { authorization: "Bearer key" }],
    ["anthropic-messages", "anthropic", { "x-api-key": "key" }],
    ["anthropic-messages", "moonshot", { "x-api-key": "key", authorization: "Bearer key" }],
  ] as const)("of %s at %s", (protocol, vendor, expected) => {
    const { authorization, "x-api-key": apiKey } = createRequestHeaders(protocol, vendor, {})("key");
    expect({ authorization, "x-api-key": apiKey }).toEqual(expected);
  });

  test("one object for each key, made once", () => {
    const headers = createRequestHeaders("openai-chat", "generic", {});
    expect(headers("one")).toBe(headers("one"));
    expect(headers("two").authorization).toBe("Bearer two");
  });
});

test("the operator's headers replace ours, however they are spelt", () => {
  const own = { Authorization: "Basic dTpw", "User-Agent": "team", "X-Team": "research" };
  const headers = createRequestHeaders("openai-chat", "generic", own)("key");
  expect(headers).toMatchObject({ authorization: "Basic dTpw", "user-agent": "team", "x-team": "research" });
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  expect(names).toEqual([...new Set(names)]);
});
