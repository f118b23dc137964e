import { marked, push, topLevel, type Details, type DocumentedField } from "./documented-field.ts";

/*
 * What OpenAI documents of POST /v1/chat/completions (https://platform.openai.com/docs/api-reference/chat/create), and what
 * OpenRouter adds to it (https://openrouter.ai/docs/api-reference/parameters), but for what speaks to a gateway.
 */

/** Messages that belong together, at the end of the conversation. */
function messages(name: string, noted: RegExp, list: readonly unknown[], details?: Details): DocumentedField {
  return {
    name,
    noted,
    add: (body, mark, without) => push(body, "messages", ...(marked(list, mark, without) as unknown[])),
    ...(details !== undefined && { details }),
  };
}

/** A content part of a user message. */
function part(name: string, noted: RegExp, value: object, details?: Details): DocumentedField {
  return messages(name, noted, [{ role: "user", content: [value] }], details);
}

function tool(name: string, noted: RegExp, value: object, rest: Partial<DocumentedField> = {}): DocumentedField {
  return { name, noted, add: (body, mark, without) => push(body, "tools", marked(value, mark, without)), ...rest };
}

const schema = { type: "object", properties: { "§p": { type: "string", description: "§q" } }, required: ["§p"] };
const look = { type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } };
const call = (id: string, name: string) => ({ id, type: "function", function: { name, arguments: '{"v":"§a"}' } });
const breakpoint = { prompt_cache_breakpoint: { mode: "explicit" } };

export const chatBase = { model: "any", messages: [{ role: "user", content: "hello" }] };

export const chatFields: readonly DocumentedField[] = [
  topLevel("temperature", 0.71),
  topLevel("top_p", 0.83),
  topLevel("frequency_penalty", 0.11),
  topLevel("presence_penalty", 0.12),
  topLevel("seed", 4242),
  topLevel("top_k", 7),
  topLevel("min_p", 0.05),
  topLevel("top_a", 0.06),
  topLevel("repetition_penalty", 1.1),
  topLevel("logit_bias", { "50256": -100 }),
  topLevel("logprobs", true),
  topLevel("top_logprobs", 3, { needs: ["logprobs"] }),
  topLevel("max_completion_tokens", 4321, { noted: /^max_(completion_|output_)?tokens$/, group: "limit" }),
  topLevel("max_tokens", 4322, { group: "limit" }),
  topLevel("stop", ["§a", "§b"], { noted: /^stop(_sequences)?$/ }),
  topLevel("user", "§a", { noted: /^(user|metadata\.user_id)$/, group: "user" }),
  topLevel("safety_identifier", "§a", { noted: /^(user|safety_identifier|metadata\.user_id)$/, group: "user" }),
  {
    name: "user and safety_identifier",
    noted: /^(user|safety_identifier)$/,
    group: "user",
    add: (body, mark) => Object.assign(body, marked({ user: "§a", safety_identifier: "§b" }, mark)),
  },
  topLevel("prompt_cache_key", "§a"),
  topLevel("prompt_cache_retention", "24h"),
  topLevel("prompt_cache_options", { ttl: "24h" }),
  topLevel("cache_control", { type: "ephemeral" }),
  topLevel("service_tier", "flex"),
  topLevel("store", true),
  topLevel("metadata", { "§a": "§b" }),
  topLevel("modalities", ["text"]),
  topLevel("moderation", { model: "omni-moderation-latest" }),
  topLevel("verbosity", "low"),
  topLevel("web_search_options", { search_context_size: "low" }, { noted: /^(web_search_options|tools\.web_search)/ }),
  topLevel("audio", { voice: "§a", format: "wav" }),
  topLevel("prediction", { type: "content", content: "§a" }),
  topLevel("image_config", { "§a": "§b" }),
  topLevel("reasoning_effort", "low", { noted: /^(reasoning|thinking|output_config\.effort)/, group: "reasoning" }),
  topLevel("reasoning", { effort: "high" }, { noted: /^(reasoning|thinking|output_config\.effort)/, group: "reasoning" }),
  {
    ...topLevel("reasoning", { max_tokens: 2345 }, { group: "reasoning" }),
    name: "reasoning.max_tokens",
    noted: /^(reasoning|thinking)/,
  },
  {
    ...topLevel("reasoning", { effort: "high", exclude: true }, { group: "reasoning" }),
    name: "reasoning.exclude",
    wish: "hide-thoughts",
    noted: /^(reasoning|thinking)\.(display|exclude)$|^(reasoning|thinking)$/,
  },
  {
    ...topLevel("reasoning", { effort: "high", summary: "detailed" }, { group: "reasoning" }),
    name: "reasoning.summary",
    noted: /^(reasoning|thinking)\.(display|summary)$|^(reasoning|thinking)$/,
  },
  { ...topLevel("reasoning", { enabled: false }, { group: "reasoning" }), name: "reasoning.enabled", noted: /^(reasoning|thinking)/, wish: "do-not-think" },
  topLevel("include_reasoning", false, { noted: /^(reasoning|thinking)|^include_reasoning$/, group: "reasoning" }),
  topLevel(
    "thinking",
    { type: "enabled", keep: "all" },
    { noted: /^(reasoning|thinking)$/, wish: "think", group: "reasoning", details: { keep: /^thinking(\.keep)?$/ } },
  ),
  topLevel("chat_template_kwargs", { "§a": true }),
  topLevel("response_format", { type: "json_object" }, { group: "format" }),
  {
    name: "response_format.json_schema",
    noted: /^response_format$/,
    group: "format",
    add(body, mark, without) {
      const described = { name: "§a", description: "§b", schema, strict: true };
      body.response_format = { type: "json_schema", json_schema: marked(described, mark, without) };
    },
  },
  topLevel("stream", true),
  {
    name: "stream_options.include_obfuscation",
    noted: /^stream_options/,
    needs: ["stream"],
    add: (body) => Object.assign(body, { stream_options: { include_obfuscation: false } }),
  },

  tool("a function", /^tools/, { type: "function", function: { name: "§f", description: "§d", parameters: schema } }),
  tool("a strict function", /^tools/, { type: "function", function: { name: "§f", parameters: schema, strict: true } }, { details: { strict: /^tools\.strict/ } }),
  tool("a cached function", /^tools/, { ...look, cache_control: { type: "ephemeral" } }, { group: "look", details: { cache_control: /cache_control/ } }),
  tool("a custom tool", /^tools/, {
    type: "custom",
    custom: {
      name: "§f",
      description: "§d",
      format: { type: "grammar", grammar: { syntax: "lark", definition: "§g" } },
    },
  }),
  tool("a tool of the provider's own", /^tools/, { type: "builtin_function", function: { name: "lookup" } }),
  tool("look", /^tools/, look, { group: "look" }),
  topLevel("parallel_tool_calls", false, { needs: ["look"] }),
  topLevel("tool_choice", "required", { needs: ["look"], group: "choice" }),
  {
    ...topLevel("tool_choice", { type: "function", function: { name: "look" } }, { group: "choice", needs: ["look"] }),
    name: "tool_choice.function",
  },
  {
    ...topLevel(
      "tool_choice",
      {
        type: "allowed_tools",
        allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "look" } }] },
      },
      { group: "choice", needs: ["look"] },
    ),
    name: "tool_choice.allowed_tools",
  },

  {
    name: "a system message",
    noted: /^(system|messages)/,
    add(body, mark) {
      body.messages = [{ role: "system", content: `${mark}a` }, ...(body.messages as unknown[])];
    },
  },
  {
    name: "a developer message with a name",
    noted: /\.name$/,
    add(body, mark) {
      body.messages = [{ role: "developer", content: `${mark}a`, name: `${mark}n` }, ...(body.messages as unknown[])];
    },
  },
  messages("an instruction in mid-conversation", /^messages\.system/, [
    { role: "system", content: [{ type: "text", text: "§a" }] },
    { role: "user", content: "go on" },
  ]),
  messages("a user's name", /^messages(\.user)?\.name$/, [{ role: "user", name: "§n", content: "§a" }]),
  part("text", /^messages/, { type: "text", text: "§a" }),
  part(
    "cached text",
    /^messages/,
    { type: "text", text: "§a", cache_control: { type: "ephemeral", ttl: "1h" } },
    { cache_control: /cache_control/, ttl: /cache_control/ },
  ),
  part(
    "text with a cache breakpoint",
    /^messages\.text$/,
    { type: "text", text: "§a", ...breakpoint },
    { prompt_cache_breakpoint: /prompt_cache_breakpoint/ },
  ),
  part(
    "an image",
    /image$/,
    { type: "image_url", image_url: { url: "data:image/png;base64,§aAA", detail: "low" } },
    { detail: /image(\.detail)?$/ },
  ),
  part(
    "an image with a cache breakpoint",
    /image$/,
    { type: "image_url", image_url: { url: "https://example.com/§a.png" }, ...breakpoint },
    { prompt_cache_breakpoint: /image$|prompt_cache_breakpoint/ },
  ),
  part("audio", /input_audio/, { type: "input_audio", input_audio: { data: "§aAA", format: "wav" } }),
  part("a file", /document/, {
    type: "file",
    file: { filename: "§b.pdf", file_data: "data:application/pdf;base64,§aAA" },
  }),
  part("a stored file", /document/, { type: "file", file: { file_id: "§a" } }),
  part("a video", /video_url/, { type: "video_url", video_url: { url: "https://example.com/§a.mp4" } }),
  messages("an assistant's answer", /^messages/, [
    { role: "assistant", content: [{ type: "text", text: "§a" }], name: "§n" },
    { role: "user", content: "go on" },
  ]),
  messages("a refusal", /^messages/, [
    { role: "assistant", content: null, refusal: "§a" },
    { role: "user", content: "go on" },
  ]),
  messages("a spoken answer", /^messages|audio/, [
    { role: "assistant", content: "said", audio: { id: "§a" } },
    { role: "user", content: "go on" },
  ]),
  messages("a call with its result", /^messages/, [
    { role: "assistant", content: "§s", tool_calls: [call("call_§1", "look")] },
    { role: "tool", tool_call_id: "call_§1", content: "§r" },
  ]),
  messages("parallel calls with their results", /^messages/, [
    { role: "assistant", content: null, tool_calls: [call("call_§1", "look"), call("call_§2", "look")] },
    { role: "tool", tool_call_id: "call_§2", content: [{ type: "text", text: "§r" }] },
    { role: "tool", tool_call_id: "call_§1", content: "§s", cache_control: { type: "ephemeral" } },
  ], { cache_control: /cache_control/ }),
  messages("a custom call with its result", /^messages/, [
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "call_§1", type: "custom", custom: { name: "patch", input: "§a" } }],
    },
    { role: "tool", tool_call_id: "call_§1", content: "§r" },
  ]),
  messages("a call of before 2023-11", /^messages/, [
    { role: "assistant", content: null, function_call: { name: "look", arguments: '{"v":"§a"}' } },
    { role: "function", name: "look", content: "§r" },
  ]),
  messages("a thought with its calls", /^messages\.(reasoning|thinking)|^messages$/, [
    { role: "assistant", content: null, reasoning_content: "§t", tool_calls: [call("call_§1", "look")] },
    { role: "tool", tool_call_id: "call_§1", content: "§r" },
  ]),
  messages("thoughts in OpenRouter's form", /^messages\.(reasoning|thinking)/, [
    {
      role: "assistant",
      content: "said",
      reasoning: "§t",
      reasoning_details: [
        { type: "reasoning.text", text: "§t", signature: "§g", format: "anthropic-claude-v1", index: 0 },
        { type: "reasoning.encrypted", data: "§e", index: 1 },
      ],
    },
    { role: "user", content: "go on" },
  ]),
];
