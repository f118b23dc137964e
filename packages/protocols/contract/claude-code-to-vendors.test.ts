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

function messages(write: string, read: string, image: string): object[] {
  const call = (id: string, name: string, args: object) => ({
    id,
    type: "function",
    function: { name, arguments: JSON.stringify(args) },
  });
  return [
    { role: "system", content: "You are an agent.\n\nBe brief." },
    { role: "user", content: "create hello.txt" },
    { role: "user", content: "<system-reminder>\nWorking directory: /tmp/a\n</system-reminder>" },
    {
      role: "assistant",
      content: "I write it.",
      reasoning_content: "Write it.\n",
      tool_calls: [
        call(write, "Write", { file_path: "hello.txt", content: "é" }),
        call(read, "Read", { file_path: "a.png" }),
      ],
    },
    { role: "tool", tool_call_id: write, content: "Error: EACCES: permission denied" },
    { role: "tool", tool_call_id: read, content: image },
  ];
}

const ids = ["toolu_01A09q90qw90lq917835lq9", "toolu_01B19q90qw90lq917835lq9"] as const;
const losses = [
  "dropped system",
  "approximated cache_control",
  "approximated messages.system",
  "approximated messages.tool_result.is_error",
];
const common = { max_tokens: 32_000, stream: true, stream_options: { include_usage: true } };

test.each<[string, string, object, string[]]>([
  [
    "moonshot",
    "kimi-k2-thinking",
    {
      ...common,
      messages: messages("functions.Write:0", "functions.Read:1", "[image omitted]"),
      safety_identifier: userDigest,
    },
    [
      ...losses,
      "dropped messages.image",
      "dropped reasoning.effort",
      "approximated user",
      "dropped context_management",
    ],
  ],
  [
    "deepseek",
    "deepseek-v4-pro",
    {
      ...common,
      messages: messages(...ids, "[image omitted]"),
      thinking: { type: "enabled" },
      reasoning_effort: "high",
    },
    [...losses, "dropped messages.image", "dropped user", "dropped context_management"],
  ],
  [
    "zai",
    "glm-4.7",
    {
      ...common,
      messages: messages(...ids, "[image omitted]"),
      thinking: { type: "enabled", clear_thinking: false },
      tool_stream: true,
      user_id: userDigest,
    },
    [
      ...losses,
      "dropped messages.image",
      "dropped reasoning.effort",
      "approximated user",
      "dropped context_management",
    ],
  ],
  [
    "generic",
    "m",
    {
      ...common,
      messages: [
        ...messages(...ids, "[image: see the message after the tool results]"),
        {
          role: "user",
          content: [
            { type: "text", text: `Image returned by Read (${ids[1]}):` },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
          ],
        },
      ],
      user: userDigest,
    },
    [
      ...losses,
      "approximated messages.tool_result.image",
      "dropped reasoning",
      "approximated user",
      "dropped context_management",
    ],
  ],
])(
  "what %s %s is sent of Claude Code 2.1.197, and what is lost (maximhq/bifrost#3511, T9)",
  (vendor, model, expected, lost) => {
    const request = anthropicMessages.decodeRequest(claudeCode197(sign));
    const { body, receipts } = encodeFor(openaiChat, vendor, model, request);
    expect(body).toEqual({ ...expected, model, tools });
    expect(receipts).toEqual(lost);
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
