import fc from "fast-check";
import { expect, test } from "vitest";
import type { ReasoningPart } from "../model/content.ts";
import { carryThoughts, unpackThoughts } from "./carried-thoughts.ts";

const thoughts: ReasoningPart[] = [
  { type: "reasoning", text: "Two “files” 🚀\n", signature: "or1.abc.def" },
  { type: "reasoning", text: "", redacted: "or1.x.y" },
];

test("thoughts come out as they went in, whatever the alphabet and the padding", () => {
  const text = fc.string({ unit: "grapheme" });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1 }), (list) => {
      const parts = list.map(([one, signature]): ReasoningPart => ({
        type: "reasoning",
        text: `${one}.`,
        signature: `s${signature}`,
      }));
      const carried = carryThoughts(parts) ?? "";
      const bytes = Buffer.from(carried, "base64");
      for (const form of [carried, carried.replaceAll("=", ""), bytes.toString("base64url")]) {
        expect(unpackThoughts(form)).toEqual(parts);
      }
    }),
  );
});

test("a carried signature is valid base64, as SDKs that decode it demand", () => {
  expect(carryThoughts(thoughts)).toMatch(/^[A-Za-z0-9+/]+=*$/);
  expect(unpackThoughts(carryThoughts(thoughts) ?? "")).toEqual(thoughts);
});

test("nothing is carried of nothing", () => {
  expect(carryThoughts([])).toBeUndefined();
  expect(carryThoughts([{ type: "reasoning", text: "" }])).toBeUndefined();
});

test.each([
  ["Google's own", "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pk="],
  ["the sentinel", "skip_thought_signature_validator"],
  ["cut off", (carryThoughts(thoughts) ?? "").slice(0, 20)],
  ["other JSON", Buffer.from('or1[["a","b"]]').toString("base64")],
  ["no array", Buffer.from('or1{"a":1}').toString("base64")],
])("%s is not taken for ours", (_, signature) => {
  expect(unpackThoughts(signature)).toBeUndefined();
});
