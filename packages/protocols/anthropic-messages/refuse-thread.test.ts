import { expect, test } from "vitest";
import { RequestError, type ChatError } from "../model/error.ts";
import { decodeRequest } from "./decode-request.ts";
import { encodeError } from "./errors.ts";

const body = { model: "m", max_tokens: 1, messages: [{ role: "user", content: "hi" }] };

function refusalOf(thread: unknown): ChatError | undefined {
  try {
    decodeRequest({ ...body, thread });
    return undefined;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return error.error;
  }
}

test.each([{ type: "create" }, { type: "continue", previous_message_id: "msg_1" }, "odd"])(
  "a message thread (%j) is refused in the words by which Anthropic's tool runner goes on without one",
  (thread) => {
    const error = refusalOf(thread);
    expect(error).toMatchObject({ code: "thread_unsupported", param: "thread" });
    expect(error && encodeError(error, "req_1")).toMatchObject({
      status: 400,
      body: {
        error: { type: "invalid_request_error", details: { error_code: "thread_unsupported_request" } },
      },
    });
  },
);

test.each([undefined, null])("no thread (%j) is no error", (thread) => {
  expect(refusalOf(thread)).toBeUndefined();
});
