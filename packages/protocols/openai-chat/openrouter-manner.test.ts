import { expect, test } from "vitest";
import { openrouterChat } from "./openrouter-manner.ts";

const context = { requestedModel: "a/b", id: "abc", created: 1_700_000_000 };

test("the code of an error is its status: @openrouter/sdk has no class for any other", () => {
  const { body, status } = openrouterChat.encodeError(
    { code: "model_not_found", message: "no", param: "model" },
    "req_1",
  );
  expect(status).toBe(404);
  expect(body).toEqual({ error: { code: 404, message: "no", type: "invalid_request_error", param: "model" } });
});

test("an error within a stream comes in a chunk", () => {
  const encoder = openrouterChat.createStreamEncoder(context);
  const text = encoder.encode({ type: "error", error: { code: "upstream_overloaded", message: "busy" } });
  expect(JSON.parse(text.slice("data:".length))).toMatchObject({
    id: "chatcmpl-abc",
    object: "chat.completion.chunk",
    created: context.created,
    model: "a/b",
    error: { code: 529, message: "busy" },
    choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
  });
});

test("usage comes unasked", () => {
  const messages = [{ role: "user", content: "hi" }];
  expect(openrouterChat.decodeRequest({ model: "a/b", messages, stream: true }).includeUsage).toBe(true);
});
