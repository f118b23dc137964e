import { marked, push, topLevel, type Details, type DocumentedField } from "./documented-field.ts";

/* What Anthropic documents of POST /v1/messages (https://platform.claude.com/docs/en/api/messages), betas among it. */

function messages(name: string, noted: RegExp, list: readonly unknown[], details?: Details): DocumentedField {
  return {
    name,
    noted,
    add: (body, mark, without) => push(body, "messages", ...(marked(list, mark, without) as unknown[])),
    ...(details !== undefined && { details }),
  };
}

/** A block of a user message, with an answer before it, so that neighbours do not become one. */
function block(name: string, noted: RegExp, value: object, details?: Details): DocumentedField {
  return messages(
    name,
    noted,
    [
      { role: "assistant", content: "yes" },
      { role: "user", content: [value] },
    ],
    details,
  );
}

function tool(name: string, noted: RegExp, value: object, rest: Partial<DocumentedField> = {}): DocumentedField {
  return { name, noted, add: (body, mark, without) => push(body, "tools", marked(value, mark, without)), ...rest };
}

const schema = { type: "object", properties: { "§p": { type: "string", description: "§q" } }, required: ["§p"] };
const look = { name: "look", input_schema: { type: "object", properties: {} } };
const call = (id: string, name = "look") => ({ type: "tool_use", id, name, input: { v: "§a" } });
const ephemeral = { type: "ephemeral", ttl: "1h" };
const thinkingNoted = /^(reasoning|thinking)/;

function answered(
  name: string,
  noted: RegExp,
  use: object,
  content: unknown,
  rest: object = {},
  details?: Details,
): DocumentedField {
  return messages(
    name,
    noted,
    [
      { role: "assistant", content: [{ ...call("toolu_§1"), ...use }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_§1", content, ...rest }] },
    ],
    details,
  );
}

export const messagesBase = { model: "any", max_tokens: 4321, messages: [{ role: "user", content: "hello" }] };

export const messagesFields: readonly DocumentedField[] = [
  topLevel("temperature", 0.71),
  topLevel("top_p", 0.97),
  topLevel("top_k", 7),
  topLevel("stop_sequences", ["§a", "§b"], { noted: /^stop(_sequences)?$/ }),
  topLevel("stream", true),
  topLevel("metadata", { user_id: "§a" }, { noted: /^(user|metadata)/ }),
  topLevel("cache_control", { type: "ephemeral" }),
  topLevel("container", "§a"),
  topLevel("context_management", { edits: [{ type: "clear_tool_uses_20250919", keep: { type: "tool_uses", value: 3 } }] }),
  topLevel("compaction", { type: "auto" }),
  topLevel("diagnostics", { type: "cache_miss" }),
  topLevel("billing_policy", { type: "§a" }),
  topLevel("inference_geo", "us"),
  topLevel("mcp_servers", [{ type: "url", name: "§n", url: "https://example.com/§u" }]),
  topLevel("service_tier", "standard_only"),
  topLevel("speed", "fast"),
  topLevel("thinking", { type: "enabled", budget_tokens: 2345 }, { noted: thinkingNoted, group: "thinking" }),
  { ...topLevel("thinking", { type: "adaptive" }, { noted: thinkingNoted, group: "thinking" }), name: "thinking adaptive", wish: "think" },
  { ...topLevel("thinking", { type: "disabled" }, { noted: thinkingNoted, group: "thinking" }), name: "thinking disabled", wish: "do-not-think" },
  {
    ...topLevel("thinking", { type: "adaptive", display: "omitted" }, { group: "thinking" }),
    name: "thinking.display",
    wish: "hide-thoughts",
    noted: /^(reasoning|thinking)(\.display)?$/,
  },
  topLevel("output_config", { effort: "low" }, { noted: /^(reasoning|thinking|output_config)/, group: "config", implies: "think" }),
  {
    ...topLevel("output_config", { task_budget: { type: "tokens", total: 50_000 } }, { group: "config" }),
    name: "output_config.task_budget",
  },
  {
    ...topLevel("output_config", { format: { type: "json_schema", schema } }, { group: "config" }),
    name: "output_config.format",
    noted: /^(response_format|output_config)/,
  },
  topLevel("output_format", { type: "json_schema", schema }, { noted: /^(response_format|output_)/, group: "config" }),
  topLevel("thing_of_tomorrow", { "§a": 1 }),

  {
    name: "system",
    noted: /^system/,
    details: { cache_control: /cache_control/ },
    add(body, mark, without) {
      body.system = marked([{ type: "text", text: "§a", cache_control: ephemeral }], mark, without);
    },
  },

  tool("a tool", /^tools/, { name: "§f", description: "§d", input_schema: schema }),
  tool("a strict tool", /^tools/, { name: "§f", input_schema: schema, strict: true }, { details: { strict: /^tools\.strict/ } }),
  tool("a tool with examples", /^tools\.(\*|input_examples)/, { name: "§f", input_schema: schema, input_examples: [{ "§p": "§x" }] }),
  tool("a tool for code only", /^tools/, { name: "§f", input_schema: schema, allowed_callers: ["direct"] }, { details: { allowed_callers: /^tools\.(\*|allowed_callers)/ } }),
  tool("an eager tool", /^tools/, { name: "§f", input_schema: schema, eager_input_streaming: true }, { details: { eager_input_streaming: /^tools\.(\*|eager_input_streaming)/ } }),
  tool("a deferred tool", /^tools\.defer_loading|^tools/, { name: "§f", input_schema: schema, defer_loading: true }),
  tool("a tool search", /^tools/, { type: "tool_search_tool_regex_20251119", name: "tool_search_tool_regex" }),
  tool("a web search", /^tools/, { type: "web_search_20250305", name: "web_search", max_uses: 3 }),
  tool("code execution", /^tools/, { type: "code_execution_20250825", name: "code_execution" }),
  tool("a memory", /^tools/, { type: "memory_20250818", name: "memory" }),
  tool("a cached tool", /^tools$/, { ...look, cache_control: ephemeral }, { group: "look", details: { cache_control: /cache_control/ } }),
  tool("look", /^tools$/, look, { group: "look" }),
  topLevel("tool_choice", { type: "any" }, { needs: ["look"], group: "choice" }),
  {
    ...topLevel("tool_choice", { type: "tool", name: "look" }, { needs: ["look"], group: "choice" }),
    name: "tool_choice.tool",
  },
  {
    ...topLevel("tool_choice", { type: "none" }, { needs: ["look"], group: "choice" }),
    name: "tool_choice.none",
  },
  {
    ...topLevel("tool_choice", { type: "auto", disable_parallel_tool_use: true }, { group: "choice" }),
    name: "tool_choice.disable_parallel_tool_use",
    noted: /^(tool_choice|parallel_tool_calls)/,
    needs: ["look"],
  },

  block("text", /^messages/, { type: "text", text: "§a" }),
  block("cached text", /^messages/, { type: "text", text: "§a", cache_control: ephemeral }, { cache_control: /cache_control/ }),
  block("an image", /image/, { type: "image", source: { type: "base64", media_type: "image/png", data: "§aAA" } }),
  block("an image by its address", /image/, { type: "image", source: { type: "url", url: "https://example.com/§a.png" } }),
  block("a stored image", /image/, { type: "image", source: { type: "file", file_id: "§a" } }),
  block("a document", /document/, {
    type: "document",
    source: { type: "base64", media_type: "application/pdf", data: "§aAA" },
    title: "§t",
  }),
  block("a document of text", /document/, {
    type: "document",
    source: { type: "text", media_type: "text/plain", data: "§a" },
    title: "§t",
    context: "§c",
    citations: { enabled: true },
  }, { citations: /document/ }),
  block("a document by its address", /document/, {
    type: "document",
    source: { type: "url", url: "https://example.com/§a.pdf" },
  }),
  block("a document of blocks", /document/, {
    type: "document",
    source: { type: "content", content: [{ type: "text", text: "§a" }] },
  }),
  block("a search result", /search_result/, {
    type: "search_result",
    source: "§s",
    title: "§t",
    content: [{ type: "text", text: "§a" }],
  }),
  block("an upload to a container", /container_upload/, { type: "container_upload", file_id: "§a" }),
  messages("an instruction in mid-conversation", /^messages\.system/, [
    { role: "system", content: [{ type: "text", text: "§a", cache_control: ephemeral }] },
  ], { cache_control: /cache_control/ }),
  messages("an instruction with fields of its own", /^messages\.system/, [
    { role: "system", content: [{ type: "text", text: "§a" }], clear_at: "§c" },
  ]),
  messages("a cited answer", /^messages|text/, [
    {
      role: "assistant",
      content: [
        { type: "text", text: "§a", citations: [{ type: "char_location", cited_text: "§c", document_index: 0 }] },
      ],
    },
    { role: "user", content: "go on" },
  ]),
  messages("a thought", /^messages\.(thinking|reasoning)|^messages$/, [
    { role: "assistant", content: [{ type: "thinking", thinking: "§t", signature: "§g" }, call("toolu_§1")] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_§1", content: "§r" }] },
  ]),
  messages("a redacted thought", /^messages\.(thinking|reasoning)/, [
    { role: "assistant", content: [{ type: "redacted_thinking", data: "§e" }, { type: "text", text: "said" }] },
    { role: "user", content: "go on" },
  ]),
  answered("a call with its result", /^messages/, {}, "§r"),
  answered("a cached call", /^messages$/, { cache_control: ephemeral }, [{ type: "text", text: "§r" }], {}, {
    cache_control: /cache_control/,
  }),
  answered("a cached result", /^messages$/, {}, [{ type: "text", text: "§r" }], { cache_control: ephemeral }, {
    cache_control: /cache_control/,
  }),
  answered("a call made by code", /tool_(use|call)/, { caller: { type: "§c", tool_id: "§d" } }, "§r"),
  answered("a failed call", /^messages$/, {}, "§r", { is_error: true }, { is_error: /is_error/ }),
  answered("a result with an image", /image/, {}, [
    { type: "text", text: "§r" },
    { type: "image", source: { type: "base64", media_type: "image/png", data: "§bAA" } },
  ]),
  answered("a result with a document", /document/, {}, [
    { type: "document", source: { type: "text", media_type: "text/plain", data: "§b" }, title: "§t" },
  ]),
  answered("a result with a search result", /search_result/, {}, [
    { type: "search_result", source: "§s", title: "§t", content: [{ type: "text", text: "§b" }] },
  ]),
  answered("a result that names a tool", /^messages|tool_reference/, {}, [
    { type: "tool_reference", tool_name: "§n" },
  ]),
  messages("a search of the provider's", /server_tool_use|web.search/, [
    {
      role: "assistant",
      content: [
        { type: "server_tool_use", id: "srvtoolu_§1", name: "web_search", input: { query: "§q" } },
        {
          type: "web_search_tool_result",
          tool_use_id: "srvtoolu_§1",
          content: [{ type: "web_search_result", url: "https://example.com/§u", title: "§t", encrypted_content: "§e" }],
        },
        { type: "text", text: "found" },
      ],
    },
    { role: "user", content: "go on" },
  ]),
];
