import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSealer } from "./sealer.ts";

const secret = new Uint8Array(32).fill(7);
const sealer = createSealer(secret);
const origin = "anthropic/claude-sonnet-4-5";
const native = "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pk=";
const envelope = sealer.seal({ origin, native }, "a thought");

test("what was sealed opens with its own text, byte for byte (T12)", () => {
  const any = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(
      fc.string().filter((name) => !name.includes("\n")),
      any,
      any,
      (from, signature, text) => {
        const sealed = sealer.seal({ origin: from, native: signature }, text);
        expect(sealer.open(sealed, text)).toEqual({ origin: from.toWellFormed(), native: signature.toWellFormed() });
      },
    ),
  );
});

test("an envelope is a plain token that every client and JSON carries, whatever is in it", () => {
  const sealed = sealer.seal({ origin: "a/b", native: 'é"\n\u2028' }, "text");
  expect(sealed).toMatch(/^or1\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}$/);
  expect(JSON.stringify(sealed)).toBe(`"${sealed}"`);
});

test("the same thought gets the same envelope on every node, so that histories do not change", () => {
  expect(createSealer(secret.slice()).seal({ origin, native }, "a thought")).toBe(envelope);
});

test("the seal is HMAC-SHA256, cut to 128 bits", () => {
  for (const key of [secret, new Uint8Array(16).fill(1), new Uint8Array(100).fill(2)]) {
    const [, payload = "", mac] = createSealer(key).seal({ origin, native }, "é").split(".");
    const expected = createHmac("sha256", key).update(`${payload}\0é`).digest().subarray(0, 16);
    expect(mac).toBe(expected.toString("base64url"));
  }
});

describe("does not open", () => {
  const [head = "", payload = "", mac = ""] = envelope.split(".");
  const other = sealer.seal({ origin: "openai/gpt", native: "x" }, "a thought").split(".");
  test.each<[string, string | undefined]>([
    ["nothing", undefined],
    ["an empty signature", ""],
    ["a foreign signature", native],
    ["the bare prefix", "or1."],
    ["no seal", `${head}.${payload}`],
    ["an empty seal", `${head}.${payload}.`],
    ["a seal cut short", envelope.slice(0, -1)],
    ["a payload cut short", `${head}.${payload.slice(1)}.${mac}`],
    ["more behind it", `${envelope}.more`],
    ["a longer seal", `${envelope}AAAA`],
    ["another payload under this seal", `${head}.${other[1]}.${mac}`],
    ["another version", envelope.replace("or1.", "or2.")],
    ["forged without the secret", `${head}.${payload}.${Buffer.alloc(16).toString("base64url")}`],
  ])("%s", (_, given) => {
    expect(sealer.open(given, "a thought")).toBeUndefined();
  });

  test("moved to another text, be it one character away", () => {
    for (const text of ["", "a thought ", "A thought", "a thought\0", "another"]) {
      expect(sealer.open(envelope, text)).toBeUndefined();
    }
  });

  test("with another secret", () => {
    expect(createSealer(new Uint8Array(32).fill(8)).open(envelope, "a thought")).toBeUndefined();
  });

  test("any string that was not sealed", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `or1.${text}`),
          fc.base64String().map((text) => `or1.${text}.${mac}`),
        ),
        (given) => {
          expect(sealer.open(given, "a thought")).toBeUndefined();
        },
      ),
    );
  });

  test("when one character of it is changed", () => {
    for (let at = 0; at < envelope.length; at++) {
      const changed = `${envelope.slice(0, at)}${envelope[at] === "A" ? "B" : "A"}${envelope.slice(at + 1)}`;
      // The last character of a base64 text has bits that mean nothing.
      if (at === envelope.length - 1) continue;
      expect(sealer.open(changed, "a thought")).toBeUndefined();
    }
  });
});
