import { expect, test } from "vitest";
import type { Message } from "../model/chat-request.ts";
import type { ContentPart } from "../model/content.ts";
import { claude, encodeFor, messagesFor, requestOf, text, user } from "./__fixtures__/requests.ts";

function receiptsFor(vendor: string, messages: Message[]): string[] {
  return encodeFor(vendor, claude, requestOf({ messages })).receipts;
}

const wire = (part: ContentPart, vendor = "anthropic") =>
  messagesFor(vendor, claude, [user(text("a"), part)])[0]?.content;

test("blank text, which Anthropic refuses, is left out", () => {
  expect(wire(text(" \n\t"))).toEqual([{ type: "text", text: "a" }]);
});

test("documents: PDF, URL, file, and text as text", () => {
  const source = (document: Extract<ContentPart, { type: "document" }>["source"]) =>
    wire({ type: "document", source: document, title: "t" });
  expect(source({ kind: "base64", mediaType: "application/pdf", data: "AA" })).toMatchObject([
    {},
    { type: "document", title: "t", source: { type: "base64", media_type: "application/pdf", data: "AA" } },
  ]);
  expect(source({ kind: "url", url: "https://example.com" })).toMatchObject([
    {},
    { source: { type: "url", url: "https://example.com" } },
  ]);
  expect(source({ kind: "file", fileId: "f" })).toMatchObject([{}, { source: { type: "file", file_id: "f" } }]);
  expect(source({ kind: "text", text: "é" })).toMatchObject([
    {},
    { source: { type: "text", media_type: "text/plain", data: "é" } },
  ]);
  expect(source({ kind: "base64", mediaType: "text/csv", data: Buffer.from("é").toString("base64") })).toMatchObject([
    {},
    { source: { type: "text", media_type: "text/plain", data: "é" } },
  ]);
});

test("fields that only Anthropic knows stay there", () => {
  const cited = text("b", { extensions: { "anthropic-messages": { citations: [] } } });
  expect(wire(cited)).toEqual([
    { type: "text", text: "a" },
    { type: "text", text: "b", citations: [] },
  ]);
  expect(wire(cited, "moonshot")).toEqual([
    { type: "text", text: "a" },
    { type: "text", text: "b" },
  ]);
  expect(receiptsFor("moonshot", [user(cited)])).toEqual(["dropped text.*"]);
});

test("blocks of another protocol are dropped, with a receipt", () => {
  const audio: ContentPart = { type: "opaque", protocol: "openai-chat", value: { type: "input_audio" } };
  expect(wire(audio)).toEqual([{ type: "text", text: "a" }]);
  expect(receiptsFor("anthropic", [user(text("a"), audio)])).toEqual(["dropped messages.input_audio"]);
});
