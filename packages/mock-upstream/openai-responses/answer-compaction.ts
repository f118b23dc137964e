import type { Conversation } from "../agent/conversation.ts";
import { findTask, writeState } from "../agent/find-task.ts";
import type { Answer } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import type { JsonObject } from "../json-object.ts";
import { drawId } from "../random-source.ts";
import { encrypt } from "./encrypted-content.ts";
import { writeHead, writeUsage } from "./write-response.ts";

/** Whether the client asks for the conversation in short (Codex's remote compaction). */
export function isCompaction(items: JsonObject[]): boolean {
  return items.at(-1)?.type === "compaction_trigger";
}

/** Answers with one compaction item: the task and how far it is, sealed, so that the agent goes on from there. */
export function answerCompaction(
  exchange: Exchange,
  conversation: Conversation,
  prompt: { tokens: number; cached: number },
): Answer {
  const { seed, apiKey, model, body, draw } = exchange;
  const found = findTask(conversation);
  const item = {
    id: `cmp_${drawId(draw, 32)}`,
    type: "compaction",
    encrypted_content: encrypt({ seed, apiKey, model }, writeState(found.prompt, found.done)),
  };
  const head = writeHead({
    id: `resp_${drawId(draw, 32)}`,
    model,
    created: Math.floor(exchange.now / 1000),
    request: body,
    turn: { parts: [], finish: "stop" },
    marks: [],
    showsSummary: false,
    usage: { input: 0, cached: 0, output: 0, reasoning: 0 },
  });
  const usage = writeUsage({ input: prompt.tokens, cached: prompt.cached, output: 64, reasoning: 0 });
  const whole = { ...head, status: "completed", output: [item], usage };
  if (body.stream !== true) return { kind: "json", status: 200, body: whole };
  const events: [type: string, fields: JsonObject][] = [
    ["response.created", { response: head }],
    ["response.output_item.added", { output_index: 0, item }],
    ["response.output_item.done", { output_index: 0, item }],
    ["response.completed", { response: whole }],
  ];
  return {
    kind: "stream",
    events: events.map(([type, fields], number) => ({
      event: type,
      data: JSON.stringify({ type, sequence_number: number, ...fields }),
      content: false,
    })),
    whole,
  };
}
