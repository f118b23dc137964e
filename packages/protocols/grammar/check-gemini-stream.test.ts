import { expect, test } from "vitest";
import { checkGeminiStream } from "./check-gemini-stream.ts";

const usageMetadata = { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 };

function chunk(parts: unknown, over: object = {}, more: object = {}): object {
  return {
    candidates: [{ content: { parts, role: "model" }, index: 0, ...over }],
    modelVersion: "m",
    responseId: "r",
    ...more,
  };
}

const end = chunk([{ text: "" }], { finishReason: "STOP" }, { usageMetadata });
const text = chunk([{ text: "a" }]);
const events = (...chunks: object[]): string => chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("");

test.each([
  ["events", events(text, end)],
  ["an array", `\n[${JSON.stringify(text)},\r\n${JSON.stringify(end)}]`],
  ["a call", events(chunk([{ functionCall: { id: "x", name: "f", args: {} }, thoughtSignature: "YQ==" }]), end)],
  ["an error", events(text, { error: { code: 503, message: "m", status: "UNAVAILABLE" } })],
  [
    "a prompt that was refused",
    events({ promptFeedback: { blockReason: "OTHER" }, usageMetadata, modelVersion: "m", responseId: "r" }),
  ],
])("%s is legal", (_, stream) => {
  expect(checkGeminiStream(stream)).toEqual([]);
});

test.each([
  ["no end", events(text), "the answer has no end"],
  ["something after the end", events(end, text), "chunk 1: after the end"],
  ["a comment", `: keep-alive\n\n${events(end)}`, "not one line of data: : keep-alive"],
  ["a named event", `event: a\n${events(end)}`, "not one line of data: event: a"],
  ["OpenAI's mark of the end", `${events(end)}data: [DONE]\n\n`, "not JSON: data: [DONE]"],
  ["a cut array", `[${JSON.stringify(end)}`, "not a JSON array"],
  ["no parts", events(chunk([]), end), "chunk 0: no parts"],
  ["an empty part", events(chunk([{}]), end), "chunk 0: a part with nothing"],
  [
    "a part with two",
    events(chunk([{ text: "a", functionCall: { name: "f", args: {} } }]), end),
    "chunk 0: a part with text and functionCall",
  ],
  [
    "arguments as text",
    events(chunk([{ functionCall: { name: "f", args: "{}" } }]), end),
    "chunk 0: arguments that are no object",
  ],
  [
    "a signature with dots",
    events(chunk([{ text: "a", thoughtSignature: "or1.a.b" }]), end),
    "chunk 0: a signature that is not base64",
  ],
  ["another id", events({ ...text, responseId: "s" }, end), "chunk 1: another responseId or modelVersion than before"],
  [
    "an unknown reason",
    events(chunk([{ text: "" }], { finishReason: "stop" }, { usageMetadata })),
    "chunk 0: finishReason stop",
  ],
  ["no usage", events(chunk([{ text: "" }], { finishReason: "STOP" })), "chunk 0: promptTokenCount is undefined"],
  [
    "negative usage",
    events(
      chunk(
        [{ text: "" }],
        { finishReason: "STOP" },
        { usageMetadata: { ...usageMetadata, candidatesTokenCount: -1 } },
      ),
    ),
    "chunk 0: candidatesTokenCount is -1",
  ],
  ["an error without words", events({ error: { code: 500 } }), "chunk 0: an error without a message"],
])("%s is found", (_, stream, fault) => {
  expect(checkGeminiStream(stream)).toContain(fault);
});
