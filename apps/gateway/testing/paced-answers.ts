import { setTimeout as sleep } from "node:timers/promises";
import { chatChunk, sendJson, startEventStream, type Handler } from "./scripted-upstream.ts";

/* What a provider's answers may teach of it, beside their words. */

const usage = { prompt_tokens: 10, completion_tokens: 400, total_tokens: 410 };
const end = chatChunk({}, "stop", { usage }) + "data: [DONE]\n\n";

export const slowStream: Handler = async (response) => {
  startEventStream(response);
  await sleep(150);
  response.write(chatChunk({ content: "slow " }));
  await sleep(150);
  response.end(chatChunk({ content: "words" }) + end);
};

/** Late beyond any doubt, also on a busy machine. */
export const lateMs = 1_500;

export const lateStream: Handler = async (response) => {
  startEventStream(response);
  await sleep(lateMs);
  response.end(chatChunk({ content: "late" }) + end);
};

export const fastStream: Handler = async (response) => {
  startEventStream(response);
  response.write(chatChunk({ content: "fast " }));
  await sleep(5);
  response.end(chatChunk({ content: "words" }) + end);
};

/** A call whose arguments break off: of no use. */
export const badCalls: Handler = (response) => {
  startEventStream(response);
  const call = {
    index: 0,
    id: "call_1",
    type: "function",
    function: { name: "Bash", arguments: '{"command":"rm -rf bu' },
  };
  response.end(chatChunk({ tool_calls: [call] }) + chatChunk({}, "tool_calls") + "data: [DONE]\n\n");
};

export function refuse(status: number, headers: Record<string, string> = {}): Handler {
  return (response) => sendJson(response, status, { error: { message: "no", type: "odd" } }, headers);
}
