import type { ServerResponse } from "node:http";
import type { Json } from "./call.ts";
import { chatChunk, chatCompletion, sendJson, startEventStream, type SeenRequest } from "./scripted-upstream.ts";

/** One turn of a scripted model that speaks openai-chat. */
export interface ChatTurn {
  thought?: string;
  text?: string;
  calls?: ReadonlyArray<{ name: string; arguments: string }>;
  usage?: Json;
}

const defaultUsage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };

/** Gives the turns one after the other, in the form that was asked for. The last one is given for ever. */
export function chatScript(...turns: readonly ChatTurn[]): (response: ServerResponse, request: SeenRequest) => void {
  let at = 0;
  return (response, { body }) => {
    const turn = turns[Math.min(at++, turns.length - 1)] ?? {};
    if (body.stream === true) sendTurn(response, turn, at);
    else sendJson(response, 200, wholeTurn(turn, at));
  };
}

function callsOf({ calls = [] }: ChatTurn, at: number): Json[] {
  return calls.map((call, index) => ({ index, id: `call_${at}_${index}`, type: "function", function: call }));
}

function finishOf({ calls = [] }: ChatTurn): string {
  return calls.length > 0 ? "tool_calls" : "stop";
}

function sendTurn(response: ServerResponse, turn: ChatTurn, at: number): void {
  startEventStream(response);
  if (turn.thought !== undefined) response.write(chatChunk({ reasoning_content: turn.thought }));
  if (turn.text !== undefined) response.write(chatChunk({ content: turn.text }));
  for (const call of callsOf(turn, at)) response.write(chatChunk({ tool_calls: [call] }));
  response.end(`${chatChunk({}, finishOf(turn), { usage: turn.usage ?? defaultUsage })}data: [DONE]\n\n`);
}

function wholeTurn(turn: ChatTurn, at: number): Json {
  const calls = callsOf(turn, at);
  const message = {
    role: "assistant",
    content: turn.text ?? null,
    ...(turn.thought === undefined ? {} : { reasoning_content: turn.thought }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  const choices = [{ index: 0, message, finish_reason: finishOf(turn) }];
  return chatCompletion("", { choices, usage: turn.usage ?? defaultUsage });
}
