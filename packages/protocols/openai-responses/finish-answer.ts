import type { EmitEvent } from "../model/chat-event.ts";
import type { ChatError } from "../model/error.ts";
import type { FinishReason } from "../model/finish-reason.ts";
import { noUsage } from "../model/usage.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { decodeError } from "./errors.ts";
import type { AnswerState } from "./read-item.ts";
import { decodeUsage } from "./usage.ts";

/** The failure that a response, or an event, tells of; undefined if it tells of none. */
export function readFailure(response: WireObject): ChatError | undefined {
  const { error, status } = response;
  if (isObject(error)) return decodeError(200, { error }, {});
  if (status === "failed" || status === "cancelled") {
    return { code: "upstream_error", message: `the upstream gave up: the response is ${status}` };
  }
  return undefined;
}

/** What an answer held, which decides how it ended. */
export type Seen = Pick<AnswerState, "hasCalls" | "hasRefusal">;

/** Emits usage and the end of an answer, as the response itself tells them. */
export function finishAnswer(response: WireObject, seen: Seen, emit: EmitEvent): void {
  const usage = decodeUsage(response.usage);
  if (usage !== undefined) emit({ type: "usage", usage });
  const extensions = readExtensions(response);
  emit({
    type: "finish",
    reason: readReason(response, seen),
    usage: usage ?? noUsage,
    ...(usage === undefined ? { usageMissing: true } : {}),
    ...(extensions === undefined ? {} : { extensions: { "openai-responses": extensions } }),
  });
}

/** What was seen counts more than the word. */
function readReason({ status, incomplete_details: details }: WireObject, { hasCalls, hasRefusal }: Seen): FinishReason {
  if (status === "incomplete") {
    return isObject(details) && details.reason === "content_filter" ? "content-filter" : "length";
  }
  if (hasCalls) return "tool-calls";
  return hasRefusal ? "refusal" : "stop";
}

/** How the request was served is known only now. */
function readExtensions({ service_tier: tier }: WireObject): WireObject | undefined {
  return typeof tier === "string" && tier !== "default" ? { service_tier: tier } : undefined;
}
