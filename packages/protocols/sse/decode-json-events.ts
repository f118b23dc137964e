import type { ChatError } from "../model/error.ts";
import type { StreamDecoder } from "../protocol-contract.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { createSseDecoder } from "./decode-sse.ts";

/** What reads the events of one answer; it is told nothing more once it has ended. */
export interface JsonEventReader {
  /** @param name "" when the stream names none */
  take(name: string, event: WireObject): void;
  /** `[DONE]`, with which OpenAI ends a stream, and others who imitate it. */
  done?(): void;
  /** JSON that is no object is passed over; otherwise it is a failure. */
  ignoresOthers?: boolean;
  /** The upstream has closed the stream. */
  close(): void;
  fail(error: ChatError): void;
  hasEnded(): boolean;
}

/** Decodes a stream of JSON objects. What goes wrong in a step is the upstream's doing, and fails the answer. */
export function decodeJsonEvents(reader: JsonEventReader): StreamDecoder {
  const sse = createSseDecoder((name, data) => {
    if (reader.hasEnded() || data === "") return;
    if (data.startsWith("[DONE]")) {
      reader.done?.();
      return;
    }
    let event: unknown;
    try {
      event = JSON.parse(data);
    } catch {
      reader.fail(invalidAnswer("the upstream sent an event that is not JSON"));
      return;
    }
    if (isObject(event)) reader.take(name, event);
    else if (reader.ignoresOthers !== true)
      reader.fail(invalidAnswer("the upstream sent an event that is not an object"));
  });

  function guard(step: () => void): void {
    if (reader.hasEnded()) return;
    try {
      step();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      reader.fail(invalidAnswer(error.message));
    }
  }

  return {
    write(text) {
      guard(() => sse.write(text));
    },
    end() {
      guard(() => sse.end());
      guard(() => reader.close());
    },
  };
}

export function invalidAnswer(message: string): ChatError {
  return { code: "upstream_invalid_response", message };
}

/** The stream has ended before its answer. */
export const brokenOff = invalidAnswer("the upstream closed the stream before the answer was complete");
