import { afterAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import { assistant, bash, claude, hello, refusalOf, result, text, use, user } from "../testing/messages-history.ts";
import { post } from "../testing/talk.ts";

const mock = await startMockUpstream({ seed: "strict" });
afterAll(() => mock.close());
const refusal = (body: JsonObject, headers: Record<string, string> = {}, base = "/anthropic") =>
  refusalOf(mock.url + base, body, headers);

describe("messages and tools", () => {
  test.each<[string, JsonObject, string]>([
    ["no messages", { messages: [] }, "messages: at least one message is required"],
    [
      "unknown role",
      { messages: [{ role: "tool", content: "x" }] },
      "messages.0.role: Input should be 'user' or 'assistant'",
    ],
    ["role system", { messages: [hello, { role: "system", content: "x" }] }, 'messages: Unexpected role "system".'],
    [
      "unknown message field",
      { messages: [{ ...hello, name: "x" }] },
      "messages.0.name: Extra inputs are not permitted",
    ],
    ["unknown block", { messages: [user({ type: "image_url" })] }, "messages.0.content.0: Input tag 'image_url'"],
    [
      "unknown block field",
      { messages: [user({ ...text("x"), index: 0 })] },
      "messages.0.content.0.text.index: Extra inputs are not permitted",
    ],
    [
      "empty content",
      { messages: [{ role: "user", content: "" }] },
      "messages.0: all messages must have non-empty content",
    ],
    ["empty text", { messages: [user(text(""))] }, "messages: text content blocks must be non-empty"],
    ["blank text", { messages: [user(text(" \n"))] }, "messages: text content blocks must contain non-whitespace text"],
    [
      "image of another type",
      { messages: [user({ type: "image", source: { type: "base64", media_type: "image/bmp", data: "x" } })] },
      "image.source.base64.media_type: Input should be",
    ],
    [
      "call id of another form",
      { messages: [hello, assistant(use("functions.Bash:0")), user(result("functions.Bash:0"))] },
      "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ],
    [
      "input that is no object",
      { messages: [hello, assistant(use("a", "{}")), user(result("a"))] },
      "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
    ],
    [
      "unanswered call",
      { messages: [hello, assistant(use("a"), use("b")), user(result("a"))] },
      "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: b.",
    ],
    [
      "unanswered call at the end",
      { messages: [hello, assistant(use("a"))] },
      "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: a.",
    ],
    [
      "result behind a text",
      { messages: [hello, assistant(use("a")), user(text("x"), result("a"))] },
      "`tool_use` ids were found without `tool_result` blocks immediately after: a.",
    ],
    [
      "orphan result",
      { messages: [user(result("a"))] },
      "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: a.",
    ],
    [
      "image in a failed result",
      {
        messages: [
          hello,
          assistant(use("a")),
          user({ ...result("a"), is_error: true, content: [{ type: "image", source: { type: "url", url: "x" } }] }),
        ],
      },
      "all content must be type `text` if `is_error` is true",
    ],
    [
      "failed result without words",
      { messages: [hello, assistant(use("a")), user({ ...result("a"), is_error: true, content: "" })] },
      "content cannot be empty if `is_error` is true",
    ],
    [
      "result given twice",
      { messages: [hello, assistant(use("a")), user(result("a"), result("a"))] },
      "each tool_use must have a single result",
    ],
    [
      "id used twice",
      { messages: [hello, assistant(use("a"), use("a")), user(result("a"))] },
      "`tool_use` ids must be unique",
    ],
    ["call of the user", { messages: [user(use("a"))] }, "`tool_use` blocks can only be in `assistant` messages"],
    [
      "trailing blank in a prefill",
      { messages: [hello, assistant(text("I "))] },
      "final assistant content cannot end with trailing whitespace",
    ],
    ["tool without schema", { tools: [{ name: "a" }] }, "tools.0.custom.input_schema: Field required"],
    [
      "schema without type",
      { tools: [{ name: "a", input_schema: {} }] },
      "tools.0.custom.input_schema.type: Field required",
    ],
    [
      "schema with a union on top",
      { tools: [{ name: "a", input_schema: { type: "object", anyOf: [] } }] },
      "input_schema does not support oneOf, allOf, or anyOf at the top level",
    ],
    [
      "OpenAI's tool form",
      { tools: [{ type: "function", function: {} }] },
      "tools.0.custom.function: Extra inputs are not permitted",
    ],
    ["tool name with a dot", { tools: [{ ...bash, name: "a.b" }] }, "tools.0.custom.name: String should match pattern"],
    ["same tool twice", { tools: [bash, bash] }, "tools: Tool names must be unique."],
    [
      "defer_loading without its beta",
      { tools: [bash, { ...bash, name: "b", defer_loading: true }] },
      "tools.1.custom.defer_loading: Extra inputs are not permitted",
    ],
    ["OpenAI's tool_choice", { tools: [bash], tool_choice: { type: "required" } }, "tool_choice: Input tag 'required'"],
    [
      "tool_choice without tools",
      { tool_choice: { type: "auto" } },
      "tool_choice may only be specified while providing tools",
    ],
    [
      "tool_choice of an unknown tool",
      { tools: [bash], tool_choice: { type: "tool", name: "X" } },
      "Tool 'X' not found in provided tools",
    ],
  ])("%s", async (_name, body, message) => {
    expect(await refusal({ ...claude, ...body })).toEqual([400, expect.stringContaining(message)]);
  });

  test("what Claude Code sends is taken", async () => {
    const marked = { type: "text", text: "hi", cache_control: { type: "ephemeral" } };
    const body = {
      ...claude,
      model: "claude-opus-4-8",
      system: [text("x-anthropic-billing-header: cc_version=2.1.330;"), marked, marked],
      messages: [
        user(text("<system-reminder>x</system-reminder>"), text("count to 2")),
        { role: "system", content: "Working directory: /x" },
        assistant(use("toolu_1")),
        user(result("toolu_1"), text("<system-reminder>y</system-reminder>")),
        { role: "system", content: [marked] },
      ],
      tools: [bash, { ...bash, name: "DeferredToolPlaceholder", defer_loading: true }],
      metadata: { user_id: "{}" },
      thinking: { type: "adaptive", display: "omitted" },
      context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
      output_config: { effort: "high" },
      stream: true,
    };
    const betas =
      "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,mid-conversation-tool-changes-2026-07-01,thinking-token-count-2026-05-13,advanced-tool-use-2025-11-20,effort-2025-11-24";
    expect((await post(`${mock.url}/anthropic/v1/messages?beta=true`, body, { "anthropic-beta": betas })).status).toBe(
      200,
    );
  });
});
