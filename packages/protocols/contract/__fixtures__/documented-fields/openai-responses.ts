import { marked, push, topLevel, type Details, type DocumentedField } from "./documented-field.ts";

/*
 * What OpenAI documents of POST /v1/responses (https://platform.openai.com/docs/api-reference/responses/create), but for
 * `previous_response_id`, `conversation`, `prompt` and `background`, which the gateway answers or refuses itself.
 */

/** Items that belong together, at the end of the input. */
function items(name: string, noted: RegExp, list: readonly unknown[], details?: Details): DocumentedField {
  return {
    name,
    noted,
    add: (body, mark, without) => push(body, "input", ...(marked(list, mark, without) as unknown[])),
    ...(details !== undefined && { details }),
  };
}

/** A content part of a user message. */
function part(name: string, noted: RegExp, value: object, details?: Details): DocumentedField {
  return items(name, noted, [user(value)], details);
}

function user(...content: object[]): object {
  return { type: "message", role: "user", content };
}

function tool(name: string, noted: RegExp, value: object, rest: Partial<DocumentedField> = {}): DocumentedField {
  return { name, noted, add: (body, mark, without) => push(body, "tools", marked(value, mark, without)), ...rest };
}

const schema = { type: "object", properties: { "§p": { type: "string", description: "§q" } }, required: ["§p"] };
const look = { type: "function", name: "look", parameters: { type: "object", properties: {} }, strict: false };
const goOn = user({ type: "input_text", text: "go on" });
const call = (id: string) => ({ type: "function_call", call_id: id, name: "look", arguments: '{"v":"§a"}' });
const output = (id: string, value: unknown) => ({ type: "function_call_output", call_id: id, output: value });
const reasoningNoted = /^(reasoning|thinking|output_config\.effort)/;

export const responsesBase = { model: "any", input: [user({ type: "input_text", text: "hello" })] };

export const responsesFields: readonly DocumentedField[] = [
  topLevel("temperature", 0.71),
  topLevel("top_p", 0.83),
  topLevel("top_logprobs", 3),
  topLevel("max_output_tokens", 4321, { noted: /^max_(output_)?tokens$/ }),
  topLevel("max_tool_calls", 7),
  topLevel("user", "§a", { noted: /^(user|metadata)/, group: "user" }),
  topLevel("safety_identifier", "§a", { noted: /^(user|safety_identifier|metadata)/, group: "user" }),
  {
    name: "user and safety_identifier",
    noted: /^(user|safety_identifier)$/,
    group: "user",
    add: (body, mark) => Object.assign(body, marked({ user: "§a", safety_identifier: "§b" }, mark)),
  },
  topLevel("prompt_cache_key", "§a"),
  topLevel("prompt_cache_retention", "24h"),
  topLevel("prompt_cache_options", { ttl: "24h" }),
  topLevel("service_tier", "flex"),
  topLevel("metadata", { "§a": "§b" }),
  topLevel("truncation", "auto"),
  topLevel("moderation", { model: "omni-moderation-latest" }),
  topLevel("include", ["web_search_call.action.sources"]),
  topLevel("context_management", [{ type: "compaction", compact_threshold: 100_000 }]),
  topLevel("stream", true),
  {
    ...topLevel("stream_options", { include_obfuscation: false }, { needs: ["stream"] }),
    name: "stream_options.include_obfuscation",
  },
  topLevel("instructions", "§a", { noted: /^system/ }),
  topLevel("reasoning", { effort: "low" }, { noted: reasoningNoted, group: "reasoning" }),
  {
    ...topLevel("reasoning", { effort: "high", summary: "detailed" }, { noted: /^(reasoning|thinking)/, group: "reasoning" }),
    name: "reasoning.summary",
    details: { summary: /^(reasoning|thinking)(\.(display|summary))?$/ },
  },
  {
    ...topLevel("text", { verbosity: "low" }, { noted: /^(text|verbosity)/, group: "text" }),
    name: "text.verbosity",
  },
  {
    ...topLevel("text", { format: { type: "json_object" } }, { noted: /^response_format/, group: "text" }),
    name: "text.format.json_object",
  },
  {
    ...topLevel(
      "text",
      { format: { type: "json_schema", name: "§a", description: "§b", schema, strict: true } },
      { noted: /^response_format/, group: "text" },
    ),
    name: "text.format.json_schema",
  },

  tool("a function", /^tools/, {
    type: "function",
    name: "§f",
    description: "§d",
    parameters: schema,
    strict: false,
  }),
  tool(
    "a strict function",
    /^tools$/,
    { type: "function", name: "§f", parameters: { ...schema, additionalProperties: false }, strict: true },
    { details: { strict: /^tools\.strict/ } },
  ),
  tool("a deferred function", /^tools/, { ...look, name: "§f", defer_loading: true }),
  tool("a custom tool", /^tools/, {
    type: "custom",
    name: "§f",
    description: "§d",
    format: { type: "grammar", syntax: "lark", definition: "§g" },
  }),
  tool("a namespace", /^tools/, {
    type: "namespace",
    name: "§n",
    description: "§d",
    tools: [{ type: "function", name: "§f", parameters: schema, strict: false }],
  }),
  tool("a web search", /^tools/, {
    type: "web_search",
    search_context_size: "low",
    filters: { allowed_domains: ["§a.example.com"] },
  }),
  tool("a file search", /^tools/, { type: "file_search", vector_store_ids: ["§a"] }),
  tool("a code interpreter", /^tools/, { type: "code_interpreter", container: "§a" }),
  tool("look", /^tools/, look, { group: "look" }),
  topLevel("parallel_tool_calls", false, { needs: ["look"] }),
  topLevel("tool_choice", "required", { needs: ["look"], group: "choice" }),
  {
    ...topLevel("tool_choice", { type: "function", name: "look" }, { needs: ["look"], group: "choice" }),
    name: "tool_choice.function",
  },
  {
    ...topLevel(
      "tool_choice",
      { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "look" }] },
      { needs: ["look"], group: "choice" },
    ),
    name: "tool_choice.allowed_tools",
  },

  {
    name: "a developer message",
    noted: /^(system|messages)/,
    add(body, mark) {
      const message = { type: "message", role: "developer", content: `${mark}a` };
      body.input = [message, ...(body.input as unknown[])];
    },
  },
  items("an instruction in mid-conversation", /^messages\.system/, [
    { type: "message", role: "developer", content: [{ type: "input_text", text: "§a" }] },
    goOn,
  ]),
  part("text", /^messages/, { type: "input_text", text: "§a" }),
  part(
    "text with a cache breakpoint",
    /^messages\.text$/,
    { type: "input_text", text: "§a", prompt_cache_breakpoint: { mode: "explicit" } },
    { prompt_cache_breakpoint: /prompt_cache_breakpoint/ },
  ),
  part(
    "an image",
    /image$/,
    { type: "input_image", image_url: "data:image/png;base64,§aAA", detail: "low" },
    { detail: /image(\.detail)?$/ },
  ),
  part("a stored image", /image/, { type: "input_image", file_id: "§a", detail: "auto" }),
  part("a file", /document/, {
    type: "input_file",
    filename: "§b.pdf",
    file_data: "data:application/pdf;base64,§aAA",
  }),
  part("a file by its address", /document/, { type: "input_file", file_url: "https://example.com/§a.pdf" }),
  part("audio", /input_audio/, { type: "input_audio", input_audio: { data: "§aAA", format: "wav" } }),
  items("an answer", /^messages/, [
    {
      type: "message",
      role: "assistant",
      id: "msg_1",
      status: "completed",
      content: [{ type: "output_text", text: "§a", annotations: [] }],
    },
    goOn,
  ]),
  items(
    "an answer before the end",
    /^messages$/,
    [
      {
        type: "message",
        role: "assistant",
        phase: "commentary",
        content: [{ type: "output_text", text: "§a", annotations: [] }],
      },
      goOn,
    ],
    { phase: /^messages\.text\.message/ },
  ),
  items("a cited answer", /^messages\.text\.annotations/, [
    {
      type: "message",
      role: "assistant",
      content: [
        {
          type: "output_text",
          text: "§a",
          annotations: [{ type: "url_citation", url: "https://§u", title: "§t", start_index: 0, end_index: 1 }],
        },
      ],
    },
    goOn,
  ]),
  items("a refusal", /^messages/, [
    { type: "message", role: "assistant", content: [{ type: "refusal", refusal: "§a" }] },
    goOn,
  ]),
  items("a call with its result", /^messages/, [call("call_§1"), output("call_§1", "§r")]),
  items("parallel calls with their results", /^messages/, [
    call("call_§1"),
    call("call_§2"),
    output("call_§2", [{ type: "input_text", text: "§r" }]),
    output("call_§1", "§s"),
  ]),
  items("a result with an image", /image/, [
    call("call_§1"),
    output("call_§1", [
      { type: "input_text", text: "§r" },
      { type: "input_image", image_url: "data:image/png;base64,§bAA", detail: "auto" },
    ]),
  ]),
  items("a custom call with its result", /^messages/, [
    { type: "custom_tool_call", call_id: "call_§1", name: "patch", input: "§a" },
    { type: "custom_tool_call_output", call_id: "call_§1", output: "§r" },
  ]),
  items("a thought of another provider", /^messages\.(reasoning|thinking)/, [
    { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "§t" }], encrypted_content: "§e" },
    call("call_§1"),
    output("call_§1", "§r"),
  ]),
  items("a search of the provider's", /web.search/, [
    {
      type: "web_search_call",
      id: "ws_1",
      status: "completed",
      action: { type: "search", query: "§q" },
    },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "found", annotations: [] }] },
    goOn,
  ]),
  items("a call of code", /code_interpreter_call/, [
    { type: "code_interpreter_call", id: "ci_1", code: "§a", container_id: "§b", status: "completed", outputs: [] },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "ran", annotations: [] }] },
    goOn,
  ]),
];
