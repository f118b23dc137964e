import { expect, test } from "vitest";
import { claudeCode197, claudeCode330 } from "../anthropic-messages/__fixtures__/claude-code.ts";
import { anthropicMessages } from "../anthropic-messages/index.ts";
import { openaiChat } from "../openai-chat/index.ts";
import { origin, testSealer } from "./__fixtures__/answers.ts";
import { encodeFor } from "./__fixtures__/requests.ts";

/** The signature of a thought that an upstream gave without one. */
function sign(text: string): string {
  return testSealer().seal({ origin, native: "" }, text);
}

const losses: Readonly<Record<string, string>> = {
  marks: "approximated cache_control",
  reminder: "approximated messages.system",
  thoughts: "dropped messages.reasoning",
  "image omitted": "dropped messages.image",
  "image moved": "approximated messages.tool_result.image",
  "user digest": "approximated user",
};

/** Claude Code's user id has more characters than vendors take. */
const userDigest = expect.stringMatching(/^[0-9a-f]{64}$/);

const tools = [
  {
    type: "function",
    function: {
      name: "Write",
      description: "Writes a file",
      parameters: {
        type: "object",
        properties: { command: { type: "string" }, timeout: { type: "number", exclusiveMinimum: 0 } },
        required: ["command"],
        additionalProperties: false,
      },
    },
  },
  { type: "function", function: { name: "Read", parameters: { type: "object", properties: {} } } },
];

/** What differs from vendor to vendor in the same conversation. */
interface Manner {
  ids?: readonly [write: string, read: string];
  /** The fields of the assistant's message that hold its thought. */
  thought?: object;
  /** It sees images, which then follow the results of the tools. */
  sees?: boolean;
  systemRole?: string;
  /** The reminder is an instruction, as it was. */
  instructs?: boolean;
  /** Between a tool and the user the assistant speaks. */
  bridge?: boolean;
  /** Contents are parts, and carry cache marks. */
  marked?: boolean;
}

const ids = ["toolu_01A09q90qw90lq917835lq9", "toolu_01B19q90qw90lq917835lq9"] as const;
const inField = { reasoning_content: "Write it.\n" };
const inOtherField = { reasoning: "Write it.\n" };
const inDetails = { reasoning_details: [{ type: "reasoning.text", text: "Write it.\n", index: 0 }] };

function messages(manner: Manner): object[] {
  const [write, read] = manner.ids ?? ids;
  const role = manner.systemRole ?? "system";
  const mark = { cache_control: { type: "ephemeral" } };
  const say = (text: string, marked = false): unknown =>
    manner.marked === true ? [{ type: "text", text, ...(marked ? mark : {}) }] : text;
  const call = (id: string, name: string, args: object) => ({
    id,
    type: "function",
    function: { name, arguments: JSON.stringify(args) },
  });
  const sees = manner.sees ?? true;
  const image = {
    role: "user",
    content: [
      { type: "text", text: `Image returned by Read (${read}):` },
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
    ],
  };
  return [
    {
      role,
      content:
        manner.marked === true
          ? ["You are an agent.", "Be brief."].map((text) => ({ type: "text", text, ...mark }))
          : "You are an agent.\n\nBe brief.",
    },
    { role: "user", content: say("create hello.txt") },
    manner.instructs === true
      ? { role, content: "Working directory: /tmp/a" }
      : { role: "user", content: say("<system-reminder>\nWorking directory: /tmp/a\n</system-reminder>") },
    {
      role: "assistant",
      content: "I write it.",
      ...manner.thought,
      tool_calls: [
        call(write, "Write", { file_path: "hello.txt", content: "é" }),
        call(read, "Read", { file_path: "a.png" }),
      ],
    },
    { role: "tool", tool_call_id: write, content: say("Error: EACCES: permission denied") },
    {
      role: "tool",
      tool_call_id: read,
      content: say(sees ? "[image: see the message after the tool results]" : "[image omitted]", true),
    },
    ...(manner.bridge === true ? [{ role: "assistant", content: "OK." }] : []),
    ...(sees ? [image] : []),
  ];
}

const kimiIds = ["functions.Write:0", "functions.Read:1"] as const;
const streamed = { stream: true, stream_options: { include_usage: true } };

/** Lost on the way to everybody but Anthropic. */
const always = ["dropped system", "approximated messages.tool_result.is_error", "dropped context_management"];

test.each<readonly [vendor: string, model: string, manner: Manner, fields: object, lost: readonly string[]]>([
  [
    "moonshot",
    "kimi-k2-thinking",
    { ids: kimiIds, thought: inField, sees: false },
    { max_tokens: 32_000, safety_identifier: userDigest },
    ["marks", "reminder", "image omitted", "dropped reasoning.effort", "user digest"],
  ],
  [
    "moonshot",
    "kimi-k2.6",
    { ids: kimiIds, thought: inField },
    { max_tokens: 32_000, safety_identifier: userDigest, thinking: { type: "enabled", keep: "all" } },
    ["marks", "reminder", "image moved", "dropped reasoning.effort", "user digest"],
  ],
  [
    "moonshot",
    "kimi-k3",
    { ids: kimiIds, thought: inField },
    { max_tokens: 32_000, safety_identifier: userDigest, reasoning_effort: "high" },
    ["marks", "reminder", "image moved", "user digest"],
  ],
  [
    "deepseek",
    "deepseek-v4-pro",
    { thought: inField, sees: false },
    { max_tokens: 32_000, thinking: { type: "enabled" }, reasoning_effort: "high" },
    ["marks", "reminder", "image omitted", "dropped user"],
  ],
  [
    "zai",
    "glm-4.7",
    { thought: inField, sees: false },
    {
      max_tokens: 32_000,
      thinking: { type: "enabled", clear_thinking: false },
      tool_stream: true,
      user_id: userDigest,
    },
    ["marks", "reminder", "image omitted", "dropped reasoning.effort", "user digest"],
  ],
  [
    "minimax",
    "MiniMax-M2.7",
    { thought: { ...inField, ...inDetails }, sees: false },
    { max_completion_tokens: 32_000, reasoning_split: true },
    ["marks", "reminder", "image omitted", "dropped reasoning.effort", "dropped user"],
  ],
  [
    "minimax",
    "MiniMax-M3",
    { thought: { ...inField, ...inDetails } },
    { max_completion_tokens: 32_000, reasoning_split: true, thinking: { type: "adaptive" } },
    ["marks", "reminder", "image moved", "dropped reasoning.effort", "dropped user"],
  ],
  [
    "qwen",
    "qwen3.7-plus",
    { thought: inField, marked: true },
    { max_tokens: 32_000, enable_thinking: true, preserve_thinking: true },
    ["reminder", "image moved", "dropped reasoning.effort", "dropped user"],
  ],
  [
    "openai",
    "gpt-4o",
    { instructs: true },
    { max_completion_tokens: 32_000, safety_identifier: userDigest },
    ["marks", "thoughts", "image moved", "dropped reasoning", "user digest"],
  ],
  [
    // Thinking and tools exclude each other in this protocol.
    "openai",
    "gpt-5.5",
    { instructs: true, systemRole: "developer" },
    { max_completion_tokens: 32_000, safety_identifier: userDigest, reasoning_effort: "none" },
    ["marks", "thoughts", "image moved", "dropped reasoning", "user digest"],
  ],
  [
    "xai",
    "grok-4.3",
    {},
    { max_completion_tokens: 32_000, reasoning_effort: "high", user: userDigest },
    ["marks", "reminder", "thoughts", "image moved", "user digest"],
  ],
  [
    "mistral",
    "magistral-medium-latest",
    {
      ids: ["5163f0072", "195ec2ecc"],
      thought: {
        content: [
          { type: "thinking", thinking: [{ type: "text", text: "Write it.\n" }] },
          { type: "text", text: "I write it." },
        ],
      },
      bridge: true,
    },
    { max_tokens: 32_000, prompt_mode: "reasoning", stream_options: undefined },
    ["marks", "reminder", "image moved", "dropped reasoning.effort", "dropped user"],
  ],
  [
    "groq",
    "qwen/qwen3-32b",
    { thought: inOtherField, sees: false },
    { max_completion_tokens: 32_000, reasoning_effort: "default", reasoning_format: "parsed", user: userDigest },
    ["marks", "reminder", "image omitted", "approximated reasoning.effort", "user digest"],
  ],
  [
    "together",
    "moonshotai/Kimi-K2-Thinking",
    { ids: kimiIds, thought: inOtherField },
    { max_tokens: 32_000, user: userDigest },
    ["marks", "reminder", "image moved", "dropped reasoning.effort", "user digest"],
  ],
  [
    "fireworks",
    "accounts/fireworks/models/glm-5",
    { thought: inField },
    { max_tokens: 32_000, reasoning_effort: "high", user: userDigest },
    ["marks", "reminder", "image moved", "user digest"],
  ],
  [
    "openrouter",
    "anthropic/claude-sonnet-4.5",
    { thought: { ...inOtherField, ...inDetails }, marked: true },
    { max_tokens: 32_000, reasoning: { effort: "high" }, user: userDigest },
    ["reminder", "image moved", "user digest"],
  ],
  [
    "vllm",
    "Qwen/Qwen3-32B",
    { thought: inOtherField },
    { max_tokens: 32_000, chat_template_kwargs: { enable_thinking: true }, user: userDigest },
    ["marks", "reminder", "image moved", "dropped reasoning.effort", "user digest"],
  ],
  [
    "ollama",
    "qwen3:8b",
    { thought: inOtherField },
    { max_tokens: 32_000 },
    ["marks", "reminder", "image moved", "dropped reasoning.effort", "dropped user"],
  ],
  [
    "llama.cpp",
    "qwen3.gguf",
    { thought: inField },
    { max_tokens: 32_000, chat_template_kwargs: { enable_thinking: true }, cache_prompt: true },
    ["marks", "reminder", "image moved", "dropped reasoning.effort", "dropped user"],
  ],
  [
    "generic",
    "m",
    { thought: inField },
    { max_tokens: 32_000, user: userDigest },
    ["marks", "reminder", "image moved", "dropped reasoning", "user digest"],
  ],
])(
  "what %s %s is sent of Claude Code 2.1.197, and what is lost (maximhq/bifrost#3511, T9)",
  (vendor, model, manner, fields, lost) => {
    const request = anthropicMessages.decodeRequest(claudeCode197(sign));
    const { body, receipts } = encodeFor(openaiChat, vendor, model, request);
    expect({ ...body, messages: undefined }).toEqual({ model, tools, ...streamed, ...fields });
    expect(body.messages).toEqual(messages(manner));
    expect(receipts.sort()).toEqual([...always, ...lost.map((loss) => losses[loss] ?? loss)].sort());
  },
);

test("what kimi-k2-thinking is sent of Claude Code 2.1.330: the loaded tool, no placeholder, no empty thought", () => {
  const request = anthropicMessages.decodeRequest(claudeCode330(sign));
  const { body } = encodeFor(openaiChat, "moonshot", "kimi-k2-thinking", request);
  expect(body.messages).toEqual([
    { role: "system", content: "You are an agent." },
    { role: "user", content: "search the web" },
    { role: "user", content: "<system-reminder>\nTools can be searched.\n</system-reminder>" },
    {
      role: "assistant",
      content: null,
      // Kimi demands a thought with every call; this one was not shown to the client.
      reasoning_content: " ",
      tool_calls: [
        {
          id: "functions.ToolSearch:0",
          type: "function",
          function: { name: "ToolSearch", arguments: '{"query":"web"}' },
        },
      ],
    },
    {
      role: "tool",
      tool_call_id: "functions.ToolSearch:0",
      content: "The tool WebSearch is now loaded and can be called.",
    },
    { role: "user", content: "go on" },
  ]);
  expect((body.tools as Array<{ function: { name: string } }>).map((tool) => tool.function.name)).toEqual([
    "Bash",
    "ToolSearch",
    "WebSearch",
  ]);
});
