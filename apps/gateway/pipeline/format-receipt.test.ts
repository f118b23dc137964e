import { createReceipt, type ReceiptEntry } from "@onerouter/protocols";
import { expect, test } from "vitest";
import { formatReceipt } from "./format-receipt.ts";

function entry(action: ReceiptEntry["action"], field: string): ReceiptEntry {
  return { action, field, reason: "for a test" };
}

test("nothing lost, no header", () => {
  expect(formatReceipt([])).toBeUndefined();
});

test("actions by weight, fields in the order in which they were noted", () => {
  const entries = [
    entry("repaired", "messages[3].content"),
    entry("dropped", "top_k"),
    entry("approximated", "thinking.budget_tokens"),
    entry("dropped", "user"),
    entry("emulated", "response_format"),
  ];
  expect(formatReceipt(entries)).toBe(
    "dropped=top_k,user;approximated=thinking.budget_tokens;emulated=response_format;repaired=messages[3].content",
  );
});

test("a client's odd field names neither break the header nor forge an entry", () => {
  const odd = ["größe", "a;dropped=b", "a,b", "x\r\nset-cookie: a=b", "half \ud83d", "*"];
  const text = formatReceipt(odd.map((field) => entry("dropped", field))) ?? "";
  expect(text).toMatch(/^[\x21-\x7e]+$/);
  expect(text.split(/[=;,]/)).toHaveLength(1 + odd.length);
  expect(decodeURIComponent(text.split(/[=,]/)[1] ?? "")).toBe("größe");
});

test("its length is bounded, and it tells how many are left out", () => {
  const receipt = createReceipt();
  for (let at = 0; at < 64; at++) receipt.note("dropped", `field-${"x".repeat(150)}-${at}`, "unknown");
  const text = formatReceipt(receipt.entries) ?? "";
  expect(text.length).toBeLessThanOrEqual(1024);
  expect(text).toMatch(/;more=58$/);
});
