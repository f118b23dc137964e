import { expect, test } from "vitest";
import { readCredential } from "./read-credential.ts";

test.each([
  [{ authorization: "Bearer sk-1" }, "sk-1"],
  [{ authorization: "bearer sk-1" }, "sk-1"],
  [{ authorization: "  BEARER   sk-1  " }, "sk-1"],
  [{ authorization: "sk-1" }, "sk-1"],
  [{ "x-api-key": "sk-1" }, "sk-1"],
  [{ "x-api-key": ["sk-1", "sk-2"] }, "sk-1"],
  [{ authorization: "Bearer sk-1", "x-api-key": "sk-2" }, "sk-1"],
  // An SDK that always sends an empty bearer beside the real key.
  [{ authorization: "Bearer ", "x-api-key": "sk-2" }, "sk-2"],
  [{ authorization: "Basic dXNlcjpwYXNz", "x-api-key": "sk-2" }, "sk-2"],
  [{ authorization: "Basic dXNlcjpwYXNz" }, undefined],
  [{ authorization: "", "x-api-key": " " }, undefined],
  [{}, undefined],
])("%j presents %j", (headers, expected) => {
  expect(readCredential(headers)).toBe(expected);
});
