import { expect, test } from "vitest";
import { chunk, fold, loadFixture, replay, replayWhole, stop, streamOf } from "./__fixtures__/replay.ts";

function functionCall(name: string, args?: unknown, id?: string): object {
  return { functionCall: { name, ...(args === undefined ? {} : { args }), ...(id === undefined ? {} : { id }) } };
}

test("thoughts, calls made at once, signatures and usage", () => {
  const { parts, finishReason, usage, id, model } = fold(replay(loadFixture("google-thinking-tools")));
  expect([id, model, finishReason]).toEqual(["rSkFa", "gemini-3-pro-preview", "tool-calls"]);
  expect(parts).toEqual([
    {
      type: "reasoning",
      text: "**Reading**\n\nTwo files – “a” and b.\n",
      signature: "call:EqQBCgIYAhIM1gbcDa9GJwZA2b3h+/gxBdjrkzLoky3dl1pk=",
    },
    { type: "tool-call", id: "fc_8174312990", name: "read_file", arguments: '{"path":"ä.txt","lines":[1,2]}' },
    { type: "tool-call", id: "fc_8174312991", name: "read_file", arguments: '{"path":"b.txt"}' },
  ]);
  expect(usage).toEqual({
    inputTokens: 1204,
    cacheReadTokens: 1024,
    cacheWriteTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens: 97,
    reasoningTokens: 61,
  });
});

test("a call after text keeps its input (BerriAI/litellm#25321, T8)", () => {
  expect(fold(replay(loadFixture("google-text-then-tool"))).parts).toEqual([
    { type: "text", text: "I look it up." },
    { type: "tool-call", id: "call_new1000", name: "get_weather", arguments: '{"city":"Köln","days":3}' },
  ]);
});

test("text and a call in one chunk, arguments absent, empty, as text (T8)", () => {
  const parts = [
    { text: "a" },
    functionCall("none"),
    functionCall("empty", {}),
    functionCall("text", '{"b":1}'),
    { text: "c" },
  ];
  expect(fold(replay(streamOf(chunk(parts, stop)))).parts).toMatchObject([
    { type: "text", text: "a" },
    { name: "none", arguments: "{}" },
    { name: "empty", arguments: "{}" },
    { name: "text", arguments: '{"b":1}' },
    { type: "text", text: "c" },
  ]);
});

test("a signature after the text throws nothing away (musistudio/claude-code-router PR#1275, T2)", () => {
  const { parts, finishReason } = fold(replay(loadFixture("google-signature-after-text")));
  expect(finishReason).toBe("stop");
  expect(parts).toEqual([
    { type: "reasoning", text: "Think." },
    { type: "text", text: "The answer is 42." },
    { type: "reasoning", text: "", signature: "end:CiQB0e2Kb/AfterText==" },
  ]);
});

test.each<[string, object[], object[]]>([
  [
    "on the whole text",
    [chunk([{ text: "a", thoughtSignature: "c2ln" }], stop)],
    [
      { type: "reasoning", text: "", signature: "text:c2ln" },
      { type: "text", text: "a" },
    ],
  ],
  [
    "on the last piece of a text",
    [chunk([{ text: "a" }]), chunk([{ text: "b", thoughtSignature: "c2ln" }], stop)],
    [
      { type: "text", text: "ab" },
      { type: "reasoning", text: "", signature: "end:c2ln" },
    ],
  ],
  [
    "on the thought itself",
    [chunk([{ text: "T", thought: true, thoughtSignature: "c2ln" }, { text: "a" }], stop)],
    [
      { type: "reasoning", text: "T", signature: "thought:c2ln" },
      { type: "text", text: "a" },
    ],
  ],
  [
    "alone after a thought (Code Assist)",
    [chunk([{ text: "T", thought: true }]), chunk([{ thought: true, text: "", thoughtSignature: "c2ln" }], stop)],
    [{ type: "reasoning", text: "T", signature: "thought:c2ln" }],
  ],
  [
    "on each of two calls in a row",
    [
      chunk(
        [
          { ...functionCall("f", {}, "call_aaaa1234"), thoughtSignature: "c2ln" },
          { ...functionCall("g", {}, "call_bbbb1234"), thoughtSignature: "bmV4dA==" },
        ],
        stop,
      ),
    ],
    [
      { type: "reasoning", text: "", signature: "call:c2ln" },
      { type: "tool-call", id: "call_aaaa1234", name: "f", arguments: "{}" },
      { type: "reasoning", text: "", signature: "call:bmV4dA==" },
      { type: "tool-call", id: "call_bbbb1234", name: "g", arguments: "{}" },
    ],
  ],
])("a signature %s (maximhq/bifrost#1149, T12)", (_, chunks, parts) => {
  expect(fold(replay(streamOf(...chunks))).parts).toEqual(parts);
});

test("ids that repeat or count from 0 are replaced", () => {
  const calls = [
    functionCall("f", {}, "call_9fKx2mQz81"),
    functionCall("f", {}, "call_9fKx2mQz81"),
    functionCall("f", {}, "0"),
  ];
  expect(fold(replay(streamOf(chunk(calls, stop)))).parts).toMatchObject([
    { id: "call_9fKx2mQz81" },
    { id: "call_new1000" },
    { id: "call_new1001" },
  ]);
});

test("tools get back their own names and kinds", () => {
  const tools = new Map([
    ["ns__f", { name: "f", namespace: "ns" }],
    ["patch", { name: "patch", custom: true }],
    ["find", { name: "find", toolSearch: true }],
  ]);
  const calls = [
    functionCall("ns__f", {}),
    functionCall("patch", { input: "free text" }),
    functionCall("find", { query: "q" }),
  ];
  const starts = replay(streamOf(chunk(calls, stop)), { tools }).flatMap((event) =>
    event.type === "block-start" ? [event.block] : [],
  );
  expect(starts).toMatchObject([
    { name: "f", namespace: "ns" },
    { name: "patch", custom: true },
    { name: "find", toolSearch: true },
  ]);
  expect(fold(replay(streamOf(chunk(calls, stop)), { tools })).parts[1]).toMatchObject({ arguments: "free text" });
});

test.each<[string, string]>([
  ["google-max-tokens", "length"],
  ["google-safety", "content-filter"],
  ["google-blocked", "content-filter"],
  ["google-search", "stop"],
])("%s ends with %s", (name, reason) => {
  expect(fold(replay(loadFixture(name))).finishReason).toBe(reason);
});

test("what only this protocol knows of the end is kept", () => {
  expect(fold(replay(loadFixture("google-safety"))).extensions?.gemini).toMatchObject({
    candidate: { finishReason: "SAFETY", safetyRatings: [{ blocked: true }] },
  });
  expect(fold(replay(loadFixture("google-blocked"))).extensions?.gemini).toMatchObject({
    promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
  });
  const { extensions, usage } = fold(replay(loadFixture("google-search")));
  expect(extensions?.gemini).toMatchObject({ candidate: { groundingMetadata: { webSearchQueries: ["rain köln"] } } });
  // The tool's tokens are read by the model, too.
  expect(usage.inputTokens).toBe(102);
});

test.each([
  ["MALFORMED_FUNCTION_CALL", "upstream_invalid_response"],
  ["UNEXPECTED_TOOL_CALL", "upstream_invalid_response"],
  ["OTHER", "upstream_error"],
])("%s without an answer is an error that another attempt may mend", (finishReason, code) => {
  const events = replay(streamOf({ candidates: [{ finishReason, finishMessage: "Malformed: call", index: 0 }] }));
  expect(events.at(-1)).toMatchObject({
    type: "error",
    error: { code, message: expect.stringContaining("Malformed: call") },
  });
  expect(events.some((event) => event.type === "block-start")).toBe(false);
});

test.each<[string, string, string]>([
  ["an error inside", loadFixture("google-overloaded"), "upstream_overloaded"],
  ["an end too early", streamOf(chunk([{ text: "a" }])), "upstream_invalid_response"],
  ["nothing", "", "upstream_invalid_response"],
  ["no JSON", "data: {broken\n\n", "upstream_invalid_response"],
  ["a call without a name", streamOf(chunk([{ functionCall: { args: {} } }], stop)), "upstream_invalid_response"],
])("%s is one error", (_, stream, code) => {
  expect(replay(stream).at(-1)).toMatchObject({ type: "error", error: { code } });
});

test("usage and more may come after the reason for the end, and OpenAI's mark is no harm", () => {
  const stream = streamOf(chunk([{ text: "a" }], stop), {
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1 },
  });
  const answer = fold(replay(`${stream}data: [DONE]\n\n`));
  expect([answer.finishReason, answer.usage.inputTokens]).toEqual(["stop", 3]);
});

test("an array of chunks, and one whole answer, are read as their stream is", () => {
  const chunks = [
    chunk([{ text: "a", thought: true }]),
    chunk([functionCall("f", { a: 1 }, "call_aaaa1234")], stop, { usageMetadata: { promptTokenCount: 3 } }),
  ];
  expect(replayWhole(chunks)).toEqual(replay(streamOf(...chunks)));
  const whole = chunk([{ text: "a", thought: true }, functionCall("f", { a: 1 }, "call_aaaa1234")], stop);
  expect(replayWhole(whole)).toEqual(replay(streamOf(whole)));
});

test.each([
  [{ error: { code: 400, message: "bad", status: "INVALID_ARGUMENT" } }, "invalid_request"],
  [[{ error: { code: 503, message: "overloaded", status: "UNAVAILABLE" } }], "upstream_overloaded"],
  [{}, "upstream_invalid_response"],
  ["text", "upstream_invalid_response"],
])("%j is no answer", (body, code) => {
  expect(replayWhole(body)).toMatchObject([{ type: "error", error: { code } }]);
});

test("snake_case is read, too", () => {
  const part = { function_call: { name: "f", args: {} }, thought_signature: "c2ln" };
  const answer = fold(
    replayWhole({
      candidates: [{ content: { parts: [part] }, finish_reason: "STOP" }],
      usage_metadata: { prompt_token_count: 4 },
      model_version: "m",
      response_id: "r",
    }),
  );
  expect(answer).toMatchObject({ id: "r", model: "m", finishReason: "tool-calls", usage: { inputTokens: 4 } });
  expect(answer.parts[0]).toEqual({ type: "reasoning", text: "", signature: "call:c2ln" });
});
