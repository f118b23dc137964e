import { expect, test } from "vitest";
import { clientContext, encodeEvents, fold } from "../contract/__fixtures__/answers.ts";
import { checkResponsesStream } from "../grammar/check-responses-stream.ts";
import type { ChatEvent } from "../model/chat-event.ts";
import { noUsage } from "../model/usage.ts";
import { compactionWish } from "./compaction.ts";
import { openaiResponses } from "./index.ts";

const go = { role: "user", content: "go" };
const request = openaiResponses.decodeRequest({
  model: "m",
  input: [go, { type: "compaction_trigger" }],
  tools: [{ type: "function", name: "f", parameters: {} }],
});
const echo = openaiResponses.echo?.(request);

const events: ChatEvent[] = [
  { type: "start", id: "a", model: "m" },
  { type: "block-start", index: 0, block: { type: "reasoning" } },
  { type: "block-delta", index: 0, text: "Sum up." },
  { type: "block-stop", index: 0, signature: "s" },
  { type: "block-start", index: 1, block: { type: "text" } },
  { type: "block-delta", index: 1, text: "They asked to go – " },
  { type: "block-delta", index: 1, text: "and went." },
  { type: "block-stop", index: 1 },
  { type: "finish", reason: "stop", usage: { ...noUsage, inputTokens: 9, outputTokens: 3 } },
];

test("a conversation that ends with a trigger asks the model for a summary", () => {
  expect(request.messages.at(-1)).toEqual({ role: "user", content: [{ type: "text", text: compactionWish }] });
  expect(request.toolChoice).toEqual({ type: "none" });
});

test("the answer is exactly one compaction item, streamed and whole, and the next conversation begins with what it says", () => {
  const stream = encodeEvents(openaiResponses, events, { echo });
  expect(checkResponsesStream(stream)).toEqual([]);
  const [last = ""] = stream.match(/\{"type":"response\.completed".*\}/) ?? [];
  const { output } = (JSON.parse(last) as { response: { output: object[] } }).response;
  expect(output).toEqual([
    { type: "compaction", id: "cmp_abc123", encrypted_content: expect.stringMatching(/^or1c\.[\w-]+$/) },
  ]);
  const whole = openaiResponses.encodeResponse(fold(events), { ...clientContext, echo });
  expect(whole.output).toEqual(output);
  expect(whole).not.toHaveProperty("compaction");

  const next = openaiResponses.decodeRequest({ model: "m", input: [go, ...output, go] });
  expect(next.messages[1]).toEqual({
    role: "user",
    content: [{ type: "text", text: "The conversation so far, summed up:\n\nThey asked to go – and went." }],
  });
});
