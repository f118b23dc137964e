import type { WireObject } from "../../wire/json-object.ts";

const cached = { cache_control: { type: "ephemeral" } };
const schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: { command: { type: "string" }, timeout: { type: "number", exclusiveMinimum: 0 } },
  required: ["command"],
  additionalProperties: false,
};
const userId = JSON.stringify({ device_id: "d".repeat(64), account_uuid: "", session_id: "0b9d6a52-7a53" });

/** The signature under which a gateway gave its thought to the client. */
export type Sign = (text: string) => string;

/** A main-loop request in the shape of Claude Code 2.1.197: an adaptive thinker it does not know, second turn. */
export function claudeCode197(sign: Sign = () => "sig"): WireObject {
  return {
    model: "moonshotai/kimi-k2-thinking[1m]",
    max_tokens: 32_000,
    system: [
      { type: "text", text: "x-anthropic-billing-header: cc_version=2.1.197.3fa; cc_entrypoint=sdk-cli;" },
      { type: "text", text: "You are an agent.", ...cached },
      { type: "text", text: "Be brief.", ...cached },
    ],
    messages: [
      { role: "user", content: [{ type: "text", text: "create hello.txt" }] },
      { role: "system", content: "Working directory: /tmp/a" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Write it.\n", signature: sign("Write it.\n") },
          { type: "text", text: "I write it." },
          { type: "tool_use", id: "toolu_01A09q90qw90lq917835lq9", name: "Write", input: { file_path: "hello.txt", content: "é" } },
          { type: "tool_use", id: "toolu_01B19q90qw90lq917835lq9", name: "Read", input: { file_path: "a.png" } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "toolu_01A09q90qw90lq917835lq9", content: "EACCES: permission denied", is_error: true },
          {
            type: "tool_result",
            tool_use_id: "toolu_01B19q90qw90lq917835lq9",
            content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }],
            ...cached,
          },
        ],
      },
    ],
    tools: [
      { name: "Write", description: "Writes a file", input_schema: schema },
      { name: "Read", input_schema: { type: "object", properties: {} } },
    ],
    metadata: { user_id: userId },
    thinking: { type: "adaptive" },
    output_config: { effort: "high" },
    context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
    stream: true,
  };
}

/** A main-loop request in the shape of Claude Code 2.1.330: tool search has loaded a tool, thoughts are not shown. */
export function claudeCode330(sign: Sign = () => "sig"): WireObject {
  return {
    model: "kimi-k2-thinking",
    max_tokens: 32_000,
    system: [
      { type: "text", text: "x-anthropic-billing-header: cc_version=2.1.330.1f4; cc_entrypoint=sdk-cli;" },
      { type: "text", text: "You are an agent.", ...cached },
    ],
    messages: [
      { role: "user", content: "search the web" },
      { role: "system", content: [{ type: "text", text: "Tools can be searched.", ...cached }] },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "", signature: sign("") },
          { type: "tool_use", id: "toolu_02A09q90qw90lq917835lq9", name: "ToolSearch", input: { query: "web" } },
        ],
      },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            tool_use_id: "toolu_02A09q90qw90lq917835lq9",
            content: [{ type: "tool_reference", tool_name: "WebSearch" }],
          },
          { type: "text", text: "go on", ...cached },
        ],
      },
    ],
    tools: [
      { name: "Bash", input_schema: schema },
      { name: "WebSearch", input_schema: { type: "object", properties: {} }, defer_loading: true },
      { name: "DeferredToolPlaceholder", input_schema: { type: "object", properties: {} }, defer_loading: true },
      { name: "ToolSearch", input_schema: { type: "object", properties: {} } },
    ],
    metadata: { user_id: userId },
    thinking: { type: "adaptive", display: "omitted" },
    output_config: { effort: "high" },
    context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
    stream: true,
  };
}

/** Claude Code's search: a request of its own with nothing but the server's tool. */
export function claudeCodeWebSearch(): WireObject {
  return {
    model: "kimi-k2-thinking",
    max_tokens: 32_000,
    system: [{ type: "text", text: "You search the web." }],
    messages: [{ role: "user", content: [{ type: "text", text: "Perform a web search for: weather" }] }],
    tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 8 }],
    tool_choice: { type: "auto" },
    stream: true,
  };
}
