import { expect, test } from "vitest";
import { createReceipt } from "../receipt.ts";
import { limitCacheMarks } from "./limit-cache-marks.ts";

const mark = { cache_control: { type: "ephemeral" } };
const marked = (name: string) => ({ name, ...mark });

function limit(body: Record<string, unknown>): { left: string[]; receipts: number } {
  const receipt = createReceipt();
  limitCacheMarks(body, receipt);
  const left: string[] = [];
  JSON.stringify(body, (_, value: unknown) => {
    if (typeof value === "object" && value !== null && "name" in value && "cache_control" in value)
      left.push(String(value.name));
    return value;
  });
  return { left, receipts: receipt.entries.length };
}

test("four marks stay", () => {
  expect(
    limit({ tools: [marked("t")], system: [marked("s")], messages: [{ content: [marked("a"), marked("b")] }] }),
  ).toEqual({
    left: ["t", "s", "a", "b"],
    receipts: 0,
  });
});

test("of more the last four stay, in the order of the prompt: tools, system, messages, results within them", () => {
  const body = {
    messages: [
      { content: [marked("a"), { type: "tool_result", ...marked("r"), content: [marked("i")] }] },
      { content: "text" },
      { content: [marked("z")] },
    ],
    system: [marked("s1"), marked("s2")],
    tools: [marked("t")],
  };
  expect(limit(body)).toEqual({ left: ["a", "r", "i", "z"], receipts: 1 });
});

test("a mark of the whole request takes a place", () => {
  expect(
    limit({ ...mark, messages: [{ content: [marked("a"), marked("b"), marked("c"), marked("d")] }] }).left,
  ).toEqual(["b", "c", "d"]);
});

test("a body without lists has no marks to take", () => {
  expect(limit({ system: "text", messages: [{ content: "text" }] })).toEqual({ left: [], receipts: 0 });
});
