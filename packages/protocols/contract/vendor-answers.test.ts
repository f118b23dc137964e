import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openaiChat } from "../openai-chat/index.ts";
import type { Usage } from "../model/usage.ts";
import { decodeJson, decodePieces, fold, gist } from "./__fixtures__/answers.ts";
import { loadRecording } from "./__fixtures__/recordings.ts";

interface Heard {
  reasoning: string;
  text: string;
  call?: readonly [name: string, input: object];
  finish: string;
  usage: readonly [input: number, read: number, write: number, output: number, thoughts: number];
}

/** What each vendor's recording says, with the vendor's document on its usage. */
const recordings: ReadonlyArray<readonly [name: string, heard: Heard]> = [
  [
    // https://platform.minimax.io/docs/api-reference/text-openai-api
    "minimax-tools",
    {
      reasoning: "The user wants a file – “é”.\n",
      text: "I look.",
      call: ["Read", { path: "a.ts", limit: 5 }],
      finish: "tool-calls",
      usage: [310, 256, 0, 67, 31],
    },
  ],
  [
    "minimax-tags",
    {
      reasoning: "Plan: a < b it.\n",
      text: "Done <think> is text.",
      finish: "stop",
      usage: [20, 0, 0, 20, 0],
    },
  ],
  [
    // https://www.alibabacloud.com/help/en/model-studio/context-cache
    "qwen-tools",
    {
      reasoning: "我先看文件。",
      text: "Reading.",
      call: ["Read", { path: "a.ts" }],
      finish: "tool-calls",
      usage: [2048, 1024, 512, 90, 60],
    },
  ],
  [
    // https://docs.x.ai/docs/guides/reasoning: reasoning tokens are beside the completion tokens.
    "xai-tools",
    {
      reasoning: "First, look.",
      text: "",
      call: ["look", { city: "Brno" }],
      finish: "tool-calls",
      usage: [291, 288, 0, 222, 196],
    },
  ],
  [
    // https://docs.mistral.ai/capabilities/reasoning/native
    "mistral-tools",
    {
      reasoning: "Let me see… ",
      text: "I look there.",
      call: ["look", { city: "Zürich" }],
      finish: "tool-calls",
      usage: [210, 128, 0, 56, 0],
    },
  ],
  [
    // https://console.groq.com/docs/prompt-caching
    "groq-parsed",
    { reasoning: "Okay, so it is 3.", text: "Three.", finish: "stop", usage: [117, 64, 0, 64, 40] },
  ],
  [
    // https://docs.together.ai/docs/inference/chat/reasoning
    "together-tools",
    {
      reasoning: "I need the time.",
      text: "",
      call: ["get_time", { zone: "UTC" }],
      finish: "tool-calls",
      usage: [75, 32, 0, 48, 0],
    },
  ],
  [
    // https://docs.fireworks.ai/guides/prompt-caching: in the usage, or among the metrics that are asked for.
    "fireworks-thinking",
    { reasoning: "Multiply: 925.", text: "It is 925.", finish: "stop", usage: [640, 512, 0, 60, 0] },
  ],
  [
    // https://docs.vllm.ai/en/stable/features/reasoning_outputs/
    "vllm-tags",
    { reasoning: "Hm.\n", text: "Yes.", finish: "stop", usage: [20, 16, 0, 12, 0] },
  ],
  [
    // https://docs.ollama.com/api/openai-compatibility
    "ollama-tools",
    {
      reasoning: "Okay, the tool.",
      text: "",
      call: ["look", { city: "Oslo" }],
      finish: "tool-calls",
      usage: [160, 0, 0, 70, 0],
    },
  ],
  [
    // https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md: timings, where no usage was asked for.
    "llamacpp-thinking",
    { reasoning: "Let me think.", text: "Done.", finish: "stop", usage: [237, 236, 0, 35, 0] },
  ],
  [
    // https://openrouter.ai/docs/use-cases/usage-accounting
    "openrouter-encrypted",
    {
      reasoning: "**Looking**\nat itThen more",
      text: "",
      call: ["look", { a: 1 }],
      finish: "tool-calls",
      usage: [400, 256, 0, 80, 64],
    },
  ],
  [
    // One thought more than there are tokens in the answer (vercel/ai#19311).
    "moonshot-k3-length",
    { reasoning: "On and on", text: "", finish: "length", usage: [951, 60, 0, 6000, 6000] },
  ],
];

function heardOf(answer: ReturnType<typeof fold>): Heard {
  const { reasoning, text, calls, usage } = gist(answer);
  const [call] = calls;
  return {
    reasoning,
    text,
    ...(call === undefined ? {} : { call: [call.name, JSON.parse(call.arguments) as object] as const }),
    finish: answer.finishReason,
    usage: countsOf(usage),
  };
}

function countsOf(usage: Usage): Heard["usage"] {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens } = usage;
  return [inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens];
}

test.each(recordings)("%s says its thought, its text, its call and its usage (T2, T21)", (name, heard) => {
  const { profile, bytes } = loadRecording("openai-chat", name);
  expect(heardOf(fold(decodePieces(openaiChat, [bytes], { profile })))).toEqual(heard);
});

const wholes = recordings.filter(([name]) => existsSync(fileOf(name)));

function fileOf(name: string): URL {
  return new URL(`../openai-chat/__fixtures__/${name}.json`, import.meta.url);
}

test.each(wholes)("%s says the same in one piece, thought by thought (T21)", (name, heard) => {
  const { profile, bytes } = loadRecording("openai-chat", name);
  const whole = fold(decodeJson(openaiChat, JSON.parse(readFileSync(fileOf(name), "utf8")), { profile }));
  expect(heardOf(whole)).toEqual(heard);
  const thoughts = ({ parts }: typeof whole) => parts.filter((part) => part.type === "reasoning");
  expect(thoughts(whole)).toEqual(thoughts(fold(decodePieces(openaiChat, [bytes], { profile }))));
});
