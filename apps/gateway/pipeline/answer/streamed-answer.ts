import type { ChatError, ChatEvent, EncodedError, ProtocolName, StreamEncoder } from "@onerouter/protocols";
import type { Downstream } from "../downstream.ts";
import { holdToolCalls } from "./hold-tool-calls.ts";
import type { KeepAlive, KeptAlive } from "./keep-alive.ts";
import type { OpenAnswer } from "./open-answer.ts";

export interface StreamedAnswerOptions {
  downstream: Downstream;
  protocol: ProtocolName;
  encoder: StreamEncoder;
  encodeError(error: ChatError): EncodedError;
  /** Asked for once, when they are sent. */
  headers(): Record<string, string>;
  keepAlive: KeepAlive;
  keepAliveMs: number;
  /** See chooseHeaderDelay. */
  headerDelayMs: number;
  now(): number;
}

/** An answer that goes out as server-sent events while it is made. */
export function createStreamedAnswer(options: StreamedAnswerOptions): OpenAnswer {
  const { downstream, encoder, now } = options;
  let ended = false;
  /** Nobody's bytes but the encoder's will be sent, so that it may begin before there is content. */
  let isOurs = false;
  /** The client has another server's events, of which the encoder knows nothing. */
  let isForeign = false;
  let heldStart: ChatEvent | undefined;
  let pending = "";

  const life: KeptAlive = {
    lastSignAt: now(),
    due: Math.min(options.headerDelayMs, options.keepAliveMs),
    sign() {
      // With the headers goes a comment. Later ones, once nobody's bytes but ours will be sent, are real pings, which some
      // clients' watchdogs want and for which the answer has to have begun.
      const start = isOurs && downstream.headersSent ? begin() : "";
      open();
      downstream.write(start + encoder.keepAlive());
    },
  };
  const unwatch = options.keepAlive.watch(life);

  function open(): void {
    if (downstream.headersSent) return;
    life.due = options.keepAliveMs;
    life.lastSignAt = now();
    downstream.startStream(options.headers());
  }

  function begin(): string {
    if (answer.begun) return "";
    answer.begun = true;
    return encoder.encode(heldStart ?? { type: "start", id: "", model: "" });
  }

  function end(how: "end" | "destroy"): void {
    ended = true;
    unwatch();
    if (how === "end") downstream.end();
    else downstream.destroy();
  }

  function put(event: ChatEvent): void {
    if (ended) return;
    if (!answer.contentStarted) {
      // The start is held until there is content, so that it tells what the attempt that gives the content has counted.
      if (event.type === "start") {
        heldStart = event;
        return;
      }
      if (event.type === "usage" || event.type === "opaque-event") return;
      answer.contentStarted = true;
      pending += begin();
    }
    pending += encoder.encode(event);
    if (event.type === "finish") {
      answer.flush();
      end("end");
    }
  }

  const answer = {
    contentStarted: false,
    begun: false,
    numbersEvents: encoder.adopt !== undefined,
    accept(forwards: boolean): void {
      isOurs = !forwards;
    },
    emit: options.protocol === "anthropic-messages" ? holdToolCalls(put) : put,
    flush(): boolean {
      if (pending === "") return true;
      open();
      const piece = pending;
      pending = "";
      life.lastSignAt = now();
      return downstream.write(piece);
    },
    forward(piece: Buffer | string, content: boolean): boolean {
      if (ended) return true;
      open();
      answer.contentStarted ||= content;
      isForeign = true;
      life.lastSignAt = now();
      return downstream.write(piece);
    },
    catchUp(forwarded: string, emitForwarded: () => void): boolean {
      emitForwarded();
      pending = "";
      answer.begun = true;
      isOurs = true;
      isForeign = false;
      return encoder.adopt?.(forwarded) ?? true;
    },
    complete(): void {
      if (!ended) end("end");
    },
    fail(error: ChatError): void {
      if (ended) return;
      if (!downstream.headersSent) {
        ended = true;
        unwatch();
        const encoded = options.encodeError(error);
        downstream.send(encoded.status, encoded.headers, JSON.stringify(encoded.body));
        return;
      }
      // Claude Code repeats a turn whose socket is cut; an error event after a finished block ends its run, and a clean
      // end looks like success to older versions. Where events are numbered, none can follow those of a server whose number
      // nobody knows.
      if (answer.contentStarted && (options.protocol === "anthropic-messages" || (isForeign && answer.numbersEvents))) {
        end("destroy");
        return;
      }
      downstream.write(pending + encoder.encode({ type: "error", error }));
      pending = "";
      end("end");
    },
    dispose(): void {
      ended = true;
      unwatch();
    },
  };
  return answer;
}
