import type { EmitEvent } from "../model/chat-event.ts";
import { noUsage, type Usage } from "../model/usage.ts";
import { drop, forward, parseData, replaceBy, rewriteEvents, type Verdict } from "../express/rewrite-events.ts";
import { createEventSplitter } from "../express/split-events.ts";
import type { ExpressContext, StreamScanner } from "../protocol-contract.ts";
import { decodeError } from "./errors.ts";
import { decodeUsage } from "./usage.ts";
import { isObject } from "../wire/json-object.ts";

const finishReasons = {
  stop: "stop",
  length: "length",
  tool_calls: "tool-calls",
  function_call: "tool-calls",
  content_filter: "content-filter",
} as const;

const nothing = Buffer.alloc(0);
const blankLine = Buffer.from("\n\n");

/** The scanner of the express lane: chunks pass unread but for the model's name; the last ones are parsed for usage. */
export function createScanner(context: ExpressContext, emit: EmitEvent): StreamScanner {
  const splitter = createEventSplitter();
  const requested = Buffer.from(JSON.stringify(context.requestedModel)).toString("latin1");
  let known = false;
  let started = false;
  let ended = false;
  let contentStarted = false;
  let contentLength = 0;
  /** Length of a chunk that carries next to nothing: what a longer one has more is content. */
  let shortest = Number.POSITIVE_INFINITY;
  let usage: Usage = noUsage;
  let usageSeen = false;
  let finishReason: string | undefined;

  function judge(latin1: string, bytes: Buffer): Verdict {
    if (latin1.startsWith("data: [DONE]")) {
      finish();
      return forward;
    }
    if (!latin1.startsWith("data:")) return forward;
    if (latin1.includes('"error":')) {
      const value = parseData(bytes);
      if (value?.error !== undefined && value.error !== null) {
        ended = true;
        emit({ type: "error", error: decodeError(200, value, {}) });
        return drop;
      }
    }
    if (!started) {
      started = true;
      emit({ type: "start", id: "", model: "" });
    }
    shortest = Math.min(shortest, latin1.length);
    contentLength += latin1.length - shortest;
    if (!contentStarted && hasContent(latin1)) startContent();
    if ((latin1.includes('"usage":{') || latin1.includes('"usage": {')) && takeUsage(bytes)) return drop;
    if (/"finish_reason":\s*"/.test(latin1))
      finishReason = /"finish_reason":\s*"([a-z_]+)"/.exec(latin1)?.[1] ?? "stop";
    return renameModel(latin1);
  }

  function startContent(): void {
    contentStarted = true;
    emit({ type: "block-start", index: 0, block: { type: "text" } });
  }

  /** @returns true for a chunk that holds usage only and that the client has not asked for. */
  function takeUsage(bytes: Buffer): boolean {
    const value = parseData(bytes);
    const choice: unknown = Array.isArray(value?.choices) ? value.choices[0] : undefined;
    const reported = decodeUsage(value?.usage) ?? (isObject(choice) ? decodeUsage(choice.usage) : undefined);
    if (reported === undefined) return false;
    usage = reported;
    usageSeen = true;
    emit({ type: "usage", usage });
    return !context.includeUsage && Array.isArray(value?.choices) && value.choices.length === 0;
  }

  /** An unescaped `"model":"` cannot stand inside a string, so its first occurrence is the key. */
  function renameModel(latin1: string): Verdict {
    const match = /"model":\s*"((?:[^"\\]|\\.)*)"/.exec(latin1);
    if (match === null) return forward;
    const to = match.index + match[0].length;
    const from = to - (match[1] ?? "").length - 2;
    if (latin1.slice(from, to) === requested) return forward;
    return replaceBy(Buffer.from(latin1.slice(0, from) + requested + latin1.slice(to), "latin1").toString("utf8"));
  }

  function finish(): void {
    if (ended) return;
    ended = true;
    contentStarted = true;
    const reason = finishReason !== undefined && finishReason in finishReasons ? finishReason : "stop";
    emit({
      type: "finish",
      reason: finishReasons[reason as keyof typeof finishReasons],
      usage,
      ...(usageSeen ? {} : { usageMissing: true }),
    });
  }

  return {
    write(chunk) {
      if (!known) {
        const fits = chunk.length >= 6 && chunk.subarray(0, 5).toString("latin1") === "data:";
        if (!fits || chunk.includes(0x0d)) return undefined;
        known = true;
      }
      return rewriteEvents(splitter.take(chunk), judge, () => ended);
    },
    end() {
      if (ended) return nothing;
      // Some servers leave out the blank line after the last event.
      const rest = splitter.rest.length === 0 ? nothing : Buffer.concat([splitter.rest, blankLine]);
      const piece = rewriteEvents(rest, judge, () => ended);
      if (ended) return piece;
      if (finishReason !== undefined) finish();
      else {
        const message = "the upstream closed the stream before the answer was complete";
        emit({ type: "error", error: { code: "upstream_invalid_response", message } });
      }
      return piece;
    },
    get contentStarted() {
      return contentStarted;
    },
    get contentLength() {
      return contentLength;
    },
  };
}

function hasContent(chunk: string): boolean {
  return /"(?:content|reasoning_content|reasoning|refusal)":\s*"[^"]|"tool_calls":\s*\[|"finish_reason":\s*"/.test(
    chunk,
  );
}
