import { expect, test } from "vitest";
import { assistant, call, contentsFor, encodeFor, result, text, thought, user } from "./__fixtures__/requests.ts";

const gemini3 = "gemini-3-pro-preview";
const sentinel = "skip_thought_signature_validator";
const go = user(text("go"));

function functionCall(id: string, name = "f", args: object = {}): object {
  return { functionCall: { id, name, args } };
}

function response(id: string, output: string, name = "f"): object {
  return { functionResponse: { id, name, response: { output } } };
}

test("responses stand together right after their calls, in the order of the calls, with their names", () => {
  expect(
    contentsFor(
      "gemini-2.5-pro",
      go,
      assistant(text("I do."), call("a", "read", '{"p":1}'), call("b", "write", "")),
      user(text("meanwhile"), result("b", { type: "text", text: "2" })),
      user(result("a", { type: "text", text: "1" }), text("and now")),
    ),
  ).toEqual([
    { role: "user", parts: [{ text: "go" }] },
    { role: "model", parts: [{ text: "I do." }, functionCall("a", "read", { p: 1 }), functionCall("b", "write")] },
    {
      role: "user",
      parts: [response("a", "1", "read"), response("b", "2", "write"), { text: "meanwhile" }, { text: "and now" }],
    },
  ]);
});

test("every call is answered, a result without a call is told, nothing is empty", () => {
  const { body, receipts } = encodeFor("gemini-2.5-pro", {
    messages: [
      assistant(call("a")),
      assistant(thought("only thought", "")),
      user(result("gone", { type: "text", text: "old" })),
      assistant(text("")),
      user(text("")),
    ],
  });
  expect(body.contents).toEqual([
    { role: "user", parts: [{ text: "(the conversation begins)" }] },
    { role: "model", parts: [functionCall("a"), { text: "only thought", thought: true }] },
    {
      role: "user",
      parts: [
        { functionResponse: { id: "a", name: "f", response: { error: "No result was returned." } } },
        { text: "Result of an earlier tool call:" },
        { text: "old" },
      ],
    },
  ]);
  expect(receipts).toEqual(["repaired messages.tool_result", "repaired messages.assistant", "repaired messages"]);
});

test("a failed tool says so, and broken arguments are an object", () => {
  const failed = { ...result("a", { type: "text", text: "no" }), isError: true } as never;
  const contents = contentsFor("gemini-2.5-pro", go, assistant(call("a", "f", '{"broken"')), user(failed));
  expect(contents.slice(1)).toEqual([
    { role: "model", parts: [functionCall("a", "f", { _raw: '{"broken"' })] },
    { role: "user", parts: [{ functionResponse: { id: "a", name: "f", response: { error: "no" } } }] },
  ]);
});

test("a signature goes back on the kind of part it came on (maximhq/bifrost#1149, T12)", () => {
  const parts = contentsFor(
    gemini3,
    go,
    assistant(
      thought("T", ""),
      thought("", "text:VA=="),
      text("I do."),
      thought("", "call:Qw=="),
      call("a"),
      call("b"),
    ),
    user(result("a"), result("b")),
    assistant(thought("U", "thought:VQ=="), text("Done."), thought("", "text:RQ==")),
    go,
  ).filter((content) => content.role === "model");
  expect(parts.map((content) => content.parts)).toEqual([
    [
      { text: "T", thought: true },
      { text: "I do.", thoughtSignature: "VA==" },
      { ...functionCall("a"), thoughtSignature: "Qw==" },
      functionCall("b"),
    ],
    [{ text: "U", thought: true, thoughtSignature: "VQ==" }, { text: "Done." }, { text: "", thoughtSignature: "RQ==" }],
  ]);
});

test("a client that has thoughts in front only (chat) sends every signature to its part all the same", () => {
  const contents = contentsFor(
    gemini3,
    go,
    assistant(thought("T", "call:Qw=="), thought("", "text:VA=="), text("I do."), call("a")),
  );
  expect(contents[1]?.parts).toEqual([
    { text: "T", thought: true },
    { text: "I do.", thoughtSignature: "VA==" },
    { ...functionCall("a"), thoughtSignature: "Qw==" },
  ]);
});

test("the signed end of a streamed text stays a part of its own, also where thoughts stand in front only", () => {
  const end = { text: "", thoughtSignature: "RQ==" };
  for (const content of [
    [thought("", "end:RQ=="), text("Done.")],
    [text("Done."), thought("", "end:RQ==")],
  ]) {
    expect(contentsFor(gemini3, go, assistant(...content))[1]?.parts).toEqual([{ text: "Done." }, end]);
  }
  const twice = assistant(text("One."), thought("", "end:RQ=="), text("Two."));
  expect(contentsFor(gemini3, go, twice)[1]?.parts).toEqual([{ text: "One." }, end, { text: "Two." }]);
});

test("Gemini 3 demands a signature on the first call of every step: foreign ones get Google's word for it (T15)", () => {
  const messages = [
    go,
    assistant(thought("Kimi's", "", "moonshot/kimi-k2"), call("a"), call("b")),
    user(result("a"), result("b")),
    assistant(call("c")),
    user(result("c")),
    assistant(thought("", "call:Qw=="), call("d")),
    user(result("d")),
  ];
  const { body, receipts } = encodeFor(gemini3, { messages });
  const steps = (body.contents as Array<{ role: string; parts: object[] }>).filter(({ role }) => role === "model");
  expect(steps.map(({ parts }) => parts)).toEqual([
    [{ ...functionCall("a"), thoughtSignature: sentinel }, functionCall("b")],
    [{ ...functionCall("c"), thoughtSignature: sentinel }],
    [{ ...functionCall("d"), thoughtSignature: "Qw==" }],
  ]);
  expect(receipts).toEqual(["dropped messages.reasoning", "emulated messages.tool_call.signature"]);
});

test("Gemini 2.5 demands none", () => {
  expect(JSON.stringify(contentsFor("gemini-2.5-pro", go, assistant(call("a")), user(result("a"))))).not.toContain(
    "thoughtSignature",
  );
});

const image = { type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAA" } } as const;
const inlineData = { mimeType: "image/png", data: "AAAA" };

test("images of a result stand in it for Gemini 3, and follow the results before", () => {
  const messages = [go, assistant(call("a")), user({ type: "tool-result", callId: "a", content: [image] })];
  expect((encodeFor(gemini3, { messages }).body.contents as object[])[2]).toEqual({
    role: "user",
    parts: [{ functionResponse: { id: "a", name: "f", response: { output: "" }, parts: [{ inlineData }] } }],
  });
  const { body, receipts } = encodeFor("gemini-2.5-flash", { messages });
  expect((body.contents as object[])[2]).toEqual({
    role: "user",
    parts: [response("a", ""), { text: "Returned by f (a):" }, { inlineData }],
  });
  expect(receipts).toEqual(["approximated messages.tool_result.image"]);
});

test("documents and images as bytes, URLs and Google's own files; others' files are named as lost", () => {
  const { body, receipts } = encodeFor(gemini3, {
    messages: [
      user(
        image,
        { type: "document", title: "a.pdf", source: { kind: "base64", mediaType: "application/pdf", data: "AAAA" } },
        { type: "document", source: { kind: "text", text: "ä" }, extensions: { gemini: { mimeType: "text/plain" } } },
        { type: "document", source: { kind: "text", text: "ä" }, title: "a" },
        { type: "image", source: { kind: "url", url: "https://example.com/a.webp?x" } },
        {
          type: "document",
          source: { kind: "file", fileId: "gs://b/a.pdf" },
          extensions: { gemini: { mimeType: "application/pdf" } },
        },
        { type: "image", source: { kind: "file", fileId: "file_01" } },
      ),
    ],
  });
  expect((body.contents as Array<{ parts: object[] }>)[0]?.parts).toEqual([
    { inlineData },
    { inlineData: { mimeType: "application/pdf", data: "AAAA", displayName: "a.pdf" } },
    { inlineData: { mimeType: "text/plain", data: "w6Q=" } },
    { text: '<document title="a">\nä\n</document>' },
    { fileData: { mimeType: "image/webp", fileUri: "https://example.com/a.webp?x" } },
    { fileData: { mimeType: "application/pdf", fileUri: "gs://b/a.pdf" } },
    { text: "[image omitted]" },
  ]);
  expect(receipts).toEqual(["approximated messages.document", "dropped messages.image"]);
});

test("an instruction within the conversation waits for the results and is told in the user's name", () => {
  const { body, receipts } = encodeFor("gemini-2.5-pro", {
    messages: [
      go,
      assistant(call("a")),
      { role: "system", content: [text("Mind.")] },
      user(result("a", { type: "text", text: "1" })),
    ],
  });
  expect((body.contents as object[])[2]).toEqual({
    role: "user",
    parts: [response("a", "1"), { text: "<system-reminder>\nMind.\n</system-reminder>" }],
  });
  expect(receipts).toEqual(["approximated messages.system"]);
});

test("nothing left to say is a refusal", () => {
  expect(() => contentsFor(gemini3, user(text("")))).toThrow("no message has content");
});
