import { createReceipt, type ChatRequest, type ContentPart, type Message } from "@onerouter/protocols";
import { expect, test } from "vitest";
import { editContext } from "./edit-context.ts";

const think = (text: string): ContentPart => ({ type: "reasoning", text, signature: "s" });
const use = (id: string, name: string): ContentPart => ({ type: "tool-call", id, name, arguments: '{"path":"x"}' });
const result = (callId: string): Message => ({
  role: "user",
  content: [{ type: "tool-result", callId, content: [{ type: "text", text: "y".repeat(4_000) }] }],
});

/** A conversation of so many steps, each a thought, a call and its result. */
function converse(steps: number): Message[] {
  const messages: Message[] = [{ role: "user", content: [{ type: "text", text: "?" }] }];
  for (let step = 0; step < steps; step++) {
    const name = step % 2 === 0 ? "Read" : "Edit";
    messages.push(
      { role: "assistant", content: [think(`thought ${step}`), use(`c${step}`, name)] },
      result(`c${step}`),
    );
  }
  return messages;
}

function edit(steps: number, edits: unknown, length = 1_000_000) {
  const request: ChatRequest = {
    model: "m",
    system: [],
    messages: converse(steps),
    tools: [],
    sampling: {},
    stream: false,
    extensions: { "anthropic-messages": { context_management: { edits } } },
  };
  const receipt = createReceipt();
  const edited = editContext(request, length, receipt);
  const text = JSON.stringify(edited.request.messages);
  return {
    applied: edited.applied,
    request: edited.request,
    entries: receipt.entries.map(({ action, field }) => `${action} ${field}`),
    thoughts: [...text.matchAll(/thought (\d+)/g)].map(([, step]) => Number(step)),
    results: [...text.matchAll(/"callId":"c(\d+)","content":\[\{"type":"text","text":"y/g)].map(([, step]) =>
      Number(step),
    ),
    inputs: text.match(/\{\\"path/g)?.length ?? 0,
  };
}

const thinking = (keep?: unknown) => [{ type: "clear_thinking_20251015", keep }];
const uses = (fields: object) => [{ type: "clear_tool_uses_20250919", ...fields }];
const tokens = (value: number) => ({ type: "input_tokens", value });
const toolUses = (value: number) => ({ type: "tool_uses", value });

test("Claude Code keeps all its thoughts: nothing changes, nothing is noted", () => {
  const { thoughts, applied, entries, request } = edit(3, thinking("all"));
  expect([thoughts, applied, entries]).toEqual([[0, 1, 2], [], []]);
  expect(request.extensions).toEqual({});
});

test.each([
  [{ type: "thinking_turns", value: 2 }, [2, 3], 2],
  [undefined, [3], 3],
])("old thoughts go, of %j turns they stay", (keep, kept, count) => {
  const { thoughts, applied, entries } = edit(4, thinking(keep));
  expect(thoughts).toEqual(kept);
  expect(applied).toEqual([
    {
      type: "clear_thinking_20251015",
      cleared_thinking_turns: count,
      cleared_input_tokens: Math.round((9 * count) / 4),
    },
  ]);
  expect(entries).toEqual(["emulated context_management"]);
});

test("old results go once the trigger is reached, those that are kept or excluded stay", () => {
  expect(edit(6, uses({}), 300_000).applied).toEqual([]);
  expect(edit(6, uses({}))).toMatchObject({
    results: [3, 4, 5],
    inputs: 6,
    applied: [{ type: "clear_tool_uses_20250919", cleared_tool_uses: 3, cleared_input_tokens: 3000 }],
  });
  const some = uses({ trigger: toolUses(5), keep: toolUses(2), exclude_tools: ["Edit"], clear_tool_inputs: true });
  expect(edit(6, some, 10)).toMatchObject({ results: [1, 3, 4, 5], inputs: 4 });
  expect(edit(6, uses({ keep: toolUses(2), clear_tool_inputs: ["Edit"] }))).toMatchObject({
    results: [4, 5],
    inputs: 4,
  });
  expect(edit(6, uses({ clear_at_least: tokens(3_001) })).applied).toEqual([]);
  expect(edit(6, uses({ trigger: tokens(10), clear_at_least: tokens(3_000) }), 100).results).toEqual([3, 4, 5]);
});

test("what was cleared stays cleared: all but the kept turns begin the next request, too", () => {
  const edits = [...thinking(), ...uses({})];
  const shorter = JSON.stringify(edit(20, edits).request.messages.slice(0, -8));
  const longer = JSON.stringify(edit(21, edits).request.messages);
  expect(longer.startsWith(shorter.slice(0, -1))).toBe(true);
});

test("an edit that nobody here knows is on the receipt", () => {
  expect(edit(2, [{ type: "compact_20260112" }, 7]).entries).toEqual(["dropped context_management.compact_20260112"]);
});
