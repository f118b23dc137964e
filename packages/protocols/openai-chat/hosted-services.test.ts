import { expect, test } from "vitest";
import { createAnswerAccumulator } from "../model/chat-answer.ts";
import type { ChatEvent } from "../model/chat-event.ts";
import { noUsage } from "../model/usage.ts";
import { createReceipt } from "../receipt.ts";
import { createSealer } from "../reasoning/sealer.ts";
import { generic } from "../vendors/generic.ts";
import { decodeRequest } from "./decode-request.ts";
import { encodeRequest } from "./encode-request.ts";
import { encodeResponse } from "./encode-response.ts";
import { createStreamEncoder } from "./encode-stream.ts";

const body = { model: "m", messages: [{ role: "user", content: "?" }] };

test.each([
  [{ web_search_options: {} }, {}],
  [
    { web_search_options: { user_location: { type: "approximate", approximate: { country: "CH" } } } },
    { userLocation: { country: "CH" } },
  ],
  [{ plugins: [{ id: "web", include_domains: ["a.example"] }] }, { allowedDomains: ["a.example"] }],
  [
    { tools: [{ type: "openrouter:web_search", parameters: { excluded_domains: ["b.example"] } }] },
    { blockedDomains: ["b.example"] },
  ],
])("a chat client asks for web search by %j", (fields, options) => {
  const { tools } = decodeRequest({ ...body, ...fields });
  expect(tools.map((tool) => tool.kind === "hosted" && tool.service)).toEqual([{ type: "web-search", ...options }]);
});

test("no other plugin is one", () => {
  expect(decodeRequest({ ...body, plugins: [{ id: "web", enabled: false }, { id: "file-parser" }] }).tools).toEqual([]);
});

test("an upstream that knows web_search_options gets them as they came, and no tool", () => {
  const request = decodeRequest({ ...body, web_search_options: { search_context_size: "low" } });
  const target = {
    profile: generic,
    upstreamModel: "u",
    origin: "o",
    sealer: createSealer(Buffer.alloc(32)),
    receipt: createReceipt(),
  };
  const encoded = encodeRequest(request, target).body;
  expect(encoded.web_search_options).toEqual({ search_context_size: "low" });
  expect(encoded.tools).toBeUndefined();
});

test("what a search found stands in annotations, streamed or not", () => {
  const events: ChatEvent[] = [
    { type: "start", id: "", model: "" },
    {
      type: "block-start",
      index: 0,
      block: {
        type: "web-search",
        id: "1",
        query: "q",
        results: [{ url: "https://a.example/", title: "A", text: "text" }],
      },
    },
    { type: "block-stop", index: 0 },
    { type: "finish", reason: "stop", usage: noUsage },
  ];
  const citation = {
    type: "url_citation",
    url_citation: { url: "https://a.example/", title: "A", content: "text", start_index: 0, end_index: 0 },
  };
  const context = { requestedModel: "m", id: "1", created: 0 };
  const folded = createAnswerAccumulator();
  for (const event of events) folded.add(event);
  expect(encodeResponse(folded.answer(), context)).toMatchObject({
    choices: [{ message: { annotations: [citation] } }],
  });
  const encoder = createStreamEncoder(context);
  const stream = events.map((event) => encoder.encode(event)).join("");
  expect(stream).toContain(
    JSON.stringify([
      {
        ...citation,
        url_citation: { url: "https://a.example/", title: "A", start_index: 0, end_index: 0, content: "text" },
      },
    ]),
  );
});
