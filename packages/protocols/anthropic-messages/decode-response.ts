import type { EmitEvent } from "../model/chat-event.ts";
import type { DecodeAnswerContext } from "../protocol-contract.ts";
import { isObject } from "../wire/json-object.ts";
import { createStreamDecoder } from "./decode-stream.ts";
import { decodeError } from "./errors.ts";

/** Reads a whole message as the stream it would have been, so that there is one decoder. */
export function decodeResponse(body: unknown, context: DecodeAnswerContext, emit: EmitEvent): void {
  if (!isObject(body) || body.type === "error" || body.error !== undefined || !Array.isArray(body.content)) {
    const error =
      isObject(body) && (body.type === "error" || body.error !== undefined)
        ? decodeError(200, body, {})
        : ({ code: "upstream_invalid_response", message: "the upstream's answer is not a message" } as const);
    emit({ type: "error", error });
    return;
  }
  const decoder = createStreamDecoder(context, emit);
  const write = (event: Record<string, unknown>): void => decoder.write(`data: ${JSON.stringify(event)}\n\n`);
  write({ type: "message_start", message: { id: body.id, model: body.model } });
  for (const [index, block] of body.content.entries()) {
    write({ type: "content_block_start", index, content_block: block });
    write({ type: "content_block_stop", index });
  }
  const { stop_reason, stop_sequence, stop_details, container, context_management, usage } = body;
  const delta = { stop_reason, stop_sequence, stop_details, container };
  write({ type: "message_delta", delta, usage, context_management });
  write({ type: "message_stop" });
}
