import { describe, expect, test } from "vitest";
import { RequestError } from "../model/error.ts";
import { decodeRequest } from "./decode-request.ts";

function decode(fields: object): ReturnType<typeof decodeRequest> {
  return decodeRequest({ model: "m", input: "hello", ...fields });
}

function decodeItems(...items: object[]): ReturnType<typeof decodeRequest>["messages"] {
  return decode({ input: items }).messages;
}

/** The field that a refusal names. */
function refused(body: object): string | undefined {
  try {
    decodeRequest({ model: "m", input: "hello", ...body });
  } catch (error) {
    if (error instanceof RequestError) return error.error.param;
    throw error;
  }
  return undefined;
}

const call = { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" };

test("a string is a user's message", () => {
  expect(decode({}).messages).toEqual([{ role: "user", content: [{ type: "text", text: "hello" }] }]);
});

test("instructions come first, leading developer messages keep their role, later ones stay where they are", () => {
  const { system, messages } = decode({
    instructions: "A",
    input: [
      { role: "developer", content: [{ type: "input_text", text: "B" }] },
      { type: "message", role: "user", content: "C" },
      { role: "system", content: "D" },
    ],
  });
  expect(system).toEqual([
    { type: "text", text: "A" },
    { type: "text", text: "B", extensions: { "openai-responses": { role: "developer" } } },
  ]);
  expect(messages).toEqual([
    { role: "user", content: [{ type: "text", text: "C" }] },
    { role: "system", content: [{ type: "text", text: "D" }] },
  ]);
});

test("what the model did in a row is one message, and so are the results that follow", () => {
  const messages = decodeItems(
    { role: "user", content: "go" },
    {
      type: "reasoning",
      id: "rs_1",
      summary: [
        { type: "summary_text", text: "a" },
        { type: "summary_text", text: "b" },
      ],
      content: null,
      encrypted_content: "x",
    },
    {
      type: "message",
      role: "assistant",
      id: "msg_1",
      status: "completed",
      content: [{ type: "output_text", text: "t", annotations: [] }],
    },
    { ...call, namespace: "ns", id: "fc_1", status: "completed" },
    { type: "custom_tool_call", call_id: "call_2", name: "g", input: "free" },
    { type: "custom_tool_call_output", call_id: "call_2", output: "two" },
    { type: "function_call_output", call_id: "call_1", output: "one" },
  );
  expect(messages.slice(1)).toEqual([
    {
      role: "assistant",
      content: [
        { type: "reasoning", text: "a\n\nb", signature: "x", extensions: { "openai-responses": { id: "rs_1" } } },
        { type: "text", text: "t" },
        { type: "tool-call", id: "call_1", name: "f", namespace: "ns", arguments: "{}" },
        { type: "tool-call", id: "call_2", name: "g", arguments: "free", custom: true },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool-result", callId: "call_2", content: [{ type: "text", text: "two" }] },
        { type: "tool-result", callId: "call_1", content: [{ type: "text", text: "one" }] },
      ],
    },
  ]);
});

test("thoughts of open models are read from their content", () => {
  const [message] = decodeItems({
    type: "reasoning",
    summary: [],
    content: [{ type: "reasoning_text", text: "open" }],
  });
  expect(message?.content).toEqual([{ type: "reasoning", text: "open" }]);
});

test("images and files in all their forms", () => {
  const [message] = decodeItems({
    role: "user",
    content: [
      { type: "input_image", image_url: "data:image/png;base64,AAAA", detail: "high" },
      { type: "input_image", image_url: "https://a.example/b.png", detail: "auto" },
      { type: "input_image", file_id: "file-1" },
      { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" },
      { type: "input_file", file_url: "https://a.example/b.pdf" },
      { type: "input_audio", data: "x" },
    ],
  });
  expect(message?.content).toEqual([
    { type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAA" }, detail: "high" },
    { type: "image", source: { kind: "url", url: "https://a.example/b.png" } },
    { type: "image", source: { kind: "file", fileId: "file-1" } },
    { type: "document", source: { kind: "base64", mediaType: "application/pdf", data: "AAAA" }, title: "a.pdf" },
    { type: "document", source: { kind: "url", url: "https://a.example/b.pdf" } },
    { type: "opaque", protocol: "openai-responses", value: { type: "input_audio", data: "x" } },
  ]);
});

test("items that only this protocol knows stay as they are, on the side they came from", () => {
  const shell = { type: "local_shell_call", id: "l1", call_id: "c", action: { type: "exec", command: ["ls"] } };
  const output = { type: "local_shell_call_output", id: "l1", output: "a" };
  const search = { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "q" } };
  const compaction = { type: "compaction", id: "cmp_1", encrypted_content: "x" };
  const opaque = (value: object) => ({ type: "opaque", protocol: "openai-responses", value });
  expect(decodeItems(compaction, search, shell, output)).toEqual([
    { role: "assistant", content: [opaque(compaction), opaque(search), opaque(shell)] },
    { role: "user", content: [opaque(output)] },
  ]);
});

test("a reference to a thought is kept for the encoder to name, whatever else it refers to is refused (vercel/ai item_reference)", () => {
  const reference = { type: "item_reference", id: "rs_68" };
  expect(decodeItems({ role: "user", content: "a" }, reference)[1]?.content).toEqual([
    { type: "opaque", protocol: "openai-responses", value: reference },
  ]);
  expect(refused({ input: [{ type: "item_reference", id: "msg_1" }] })).toBe("input[0].id");
  expect(refused({ input: [{ id: "fc_1" }] })).toBe("input[0].id");
});

test("tools found by the client's own search are tools that the conversation has named", () => {
  const found = { type: "function", name: "list", strict: false, parameters: {} };
  const { tools, messages } = decode({
    tools: [{ type: "tool_search", execution: "client", description: "d" }],
    input: [
      { type: "tool_search_call", call_id: "call_1", execution: "client", arguments: { query: "q" } },
      { type: "tool_search_output", call_id: "call_1", execution: "client", tools: [found] },
    ],
  });
  expect(tools).toEqual([
    expect.objectContaining({ kind: "hosted", service: { type: "tool-search", method: "client", description: "d" } }),
    {
      kind: "function",
      name: "list",
      parameters: {},
      strict: false,
      deferred: true,
      extensions: { "openai-responses": { found: true } },
    },
  ]);
  expect(messages[0]?.content).toEqual([
    { type: "tool-call", id: "call_1", name: "tool_search", arguments: '{"query":"q"}', toolSearch: true },
  ]);
  expect(messages[1]?.content).toMatchObject([
    { callId: "call_1", content: [{ type: "tool-reference", name: "list" }] },
  ]);
});

test("functions without a word about strictness keep saying nothing", () => {
  const tool = { type: "function", name: "f", parameters: { type: "object" } };
  const kept = { "openai-responses": { strict: null } };
  for (const one of [tool, { ...tool, strict: null }]) {
    expect(decode({ tools: [one] }).tools).toEqual([
      { kind: "function", name: "f", parameters: { type: "object" }, extensions: kept },
    ]);
  }
  expect(decode({ tools: [{ ...tool, strict: false }] }).tools).toMatchObject([{ strict: false }]);
});

test.each([
  [
    "web_search",
    {
      type: "web_search",
      filters: { allowed_domains: ["a.example"] },
      user_location: { type: "approximate", city: "Bern" },
    },
    { allowedDomains: ["a.example"], userLocation: { type: "approximate", city: "Bern" } },
  ],
  ["web_search_preview_2025_03_11", { type: "web_search_preview_2025_03_11" }, {}],
])("%s is a web search, whoever makes it", (name, tool, service) => {
  expect(decode({ tools: [tool] }).tools).toEqual([
    {
      kind: "hosted",
      name,
      protocol: "openai-responses",
      hostedType: name,
      value: tool,
      service: { type: "web-search", ...service },
    },
  ]);
});

test.each<[unknown, object | undefined, unknown]>([
  ["required", { type: "required" }, undefined],
  [{ type: "function", name: "f" }, { type: "tool", name: "f" }, undefined],
  [{ type: "custom", name: "f" }, { type: "tool", name: "f" }, undefined],
  [{ type: "web_search_preview" }, { type: "tool", name: "web_search_preview" }, { type: "web_search_preview" }],
  [
    { type: "allowed_tools", mode: "required", tools: [] },
    { type: "required" },
    { type: "allowed_tools", mode: "required", tools: [] },
  ],
  [null, undefined, undefined],
])("tool_choice %j", (choice, expected, kept) => {
  const request = decode({ tool_choice: choice });
  expect(request.toolChoice).toEqual(expected);
  expect(request.extensions["openai-responses"]?.tool_choice).toEqual(kept);
});

test.each<[object, object | undefined]>([
  [
    { effort: "high", summary: "detailed" },
    { mode: "auto", effort: "high", display: "detailed" },
  ],
  [{ generate_summary: "auto" }, { mode: "auto", effortOnly: true, display: "auto" }],
  [{ effort: "low" }, { mode: "auto", effort: "low", display: "omitted" }],
  [{ effort: "none" }, { mode: "off" }],
  [{ effort: null, summary: null }, undefined],
])("reasoning %j", (reasoning, expected) => {
  expect(decode({ reasoning }).reasoning).toEqual(expected);
});

test("formats, limits, the user, and the fields without a place", () => {
  const schema = { type: "object" };
  const request = decode({
    text: { format: { type: "json_schema", name: "a", schema, strict: true }, verbosity: "low" },
    max_output_tokens: 100,
    temperature: 0.5,
    top_p: 0.9,
    safety_identifier: "u",
    store: false,
    include: ["reasoning.encrypted_content"],
    metadata: { a: "b" },
    previous_response_id: "resp_1",
    client_metadata: { a: "b" },
    truncation: null,
  });
  expect(request).toMatchObject({
    outputFormat: { type: "json-schema", name: "a", schema, strict: true },
    maxOutputTokens: 100,
    sampling: { temperature: 0.5, topP: 0.9 },
    userId: "u",
  });
  expect(request.extensions["openai-responses"]).toEqual({
    text: { verbosity: "low" },
    store: false,
    include: ["reasoning.encrypted_content"],
    metadata: { a: "b" },
    previous_response_id: "resp_1",
    client_metadata: { a: "b" },
  });
});

describe("a refusal names its field", () => {
  test.each<[object, string]>([
    [{ model: "" }, "model"],
    [{ input: undefined }, "input"],
    [{ input: [] }, "input"],
    [{ input: ["a"] }, "input[0]"],
    [{ input: [{ role: "tool", content: "a" }] }, "input[0].role"],
    [{ input: [{ role: "user", content: 7 }] }, "input[0].content"],
    [{ input: [{ role: "user", content: [{ type: "input_image" }] }] }, "input[0].content[0]"],
    [
      { input: [{ role: "user", content: [{ type: "input_image", image_url: "a.png" }] }] },
      "input[0].content[0].image_url",
    ],
    [{ input: [{ role: "system", content: [{ type: "input_image", file_id: "a" }] }] }, "input[0].content[0].type"],
    [{ input: [{ role: "assistant", content: [{ type: "input_image", file_id: "a" }] }] }, "input[0].content[0].type"],
    [{ input: [{ type: "function_call", name: "f" }] }, "input[0].call_id"],
    [{ input: [{ type: "function_call_output", call_id: "c", output: "a" }] }, "input[0].call_id"],
    [{ input: [call, { type: "function_call_output", call_id: "call_1" }] }, "input[1].output"],
    [{ input: [{ type: "custom_tool_call", call_id: "c", name: "f" }] }, "input[0].input"],
    [{ input: [{ type: 7 }] }, "input[0].type"],
    [{ input: "half \ud83d" }, "input"],
    [{ tools: [{ type: "function" }] }, "tools[0].name"],
    [
      {
        tools: [
          { type: "function", name: "f" },
          { type: "custom", name: "f" },
        ],
      },
      "tools",
    ],
    [{ tools: [{ type: "namespace", name: "n", tools: [{ type: "web_search" }] }] }, "tools[0].tools[0].type"],
    [{ tools: [{ name: "f" }] }, "tools[0].type"],
    [{ tool_choice: "any" }, "tool_choice"],
    [{ reasoning: { effort: "huge" } }, "reasoning.effort"],
    [{ text: { format: { type: "xml" } } }, "text.format.type"],
    [{ text: { format: { type: "json_schema", schema: {} } } }, "text.format.name"],
    [{ max_output_tokens: 0 }, "max_output_tokens"],
    [{ background: true }, "background"],
    [{ stream: "yes" }, "stream"],
  ])("%j", (body, param) => {
    expect(refused(body)).toBe(param);
  });
});

test("tools of one name in two namespaces are two tools", () => {
  const inner = { type: "function", name: "f", parameters: {}, strict: false };
  const tools = ["a", "b"].map((name) => ({ type: "namespace", name, description: name, tools: [inner] }));
  expect(decode({ tools }).tools.map((tool) => (tool.kind === "hosted" ? "" : tool.namespace))).toEqual(["a", "b"]);
});
