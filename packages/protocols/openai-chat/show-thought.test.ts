import { describe, expect, test } from "vitest";
import { completeAnswer } from "./complete-answer.ts";
import { showThoughtInChunk } from "./show-thought.ts";

const text = 'a "quoted" \\ thought\n☃';
const details = [{ type: "reasoning.text", text, format: "unknown", index: 0 }];
const all = { reasoning_content: text, reasoning: text, reasoning_details: details };

/** The delta of a chunk after it went over the lane, as a client reads it. */
function deltaOf(delta: object): unknown {
  const chunk = `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;
  const latin1 = Buffer.from(chunk).toString("latin1");
  const shown = showThoughtInChunk(latin1);
  if (shown === undefined) return undefined;
  const value: unknown = JSON.parse(Buffer.from(shown, "latin1").toString("utf8").slice("data:".length));
  return (value as { choices: Array<{ delta: unknown }> }).choices[0]?.delta;
}

describe("a thought is shown in every form that clients read (@openrouter/ai-sdk-provider ignores reasoning_content)", () => {
  test.each([
    [{ reasoning_content: text }, all],
    [{ reasoning: text }, all],
    [{ reasoning_content: text, reasoning: text }, all],
    [
      { role: "assistant", content: null, reasoning_content: text },
      { role: "assistant", content: null, ...all },
    ],
  ])("in a chunk: %j", (delta, expected) => {
    expect(deltaOf(delta)).toEqual(expected);
  });

  test.each([{ reasoning_content: text }, { reasoning: text }])("in a whole answer: %j", (message) => {
    const body = { choices: [{ message: { role: "assistant", content: "x", ...message } }] };
    completeAnswer(body);
    expect(body).toEqual({
      system_fingerprint: null,
      choices: [{ message: { role: "assistant", content: "x", ...all } }],
    });
  });
});

test.each([
  { content: "x" },
  { reasoning_content: "" },
  { reasoning_content: null },
  { reasoning: "a", reasoning_details: [{ type: "reasoning.text", text: "a", signature: "s" }] },
  { content: 'he said {"reasoning":"a"}' },
])("nothing is added to %j", (delta) => {
  expect(deltaOf(delta)).toBeUndefined();
});
