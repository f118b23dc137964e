import type { ChatError, ChatEvent, EncodedError, ProtocolName, StreamEncoder } from "@onerouter/protocols";
import type { Downstream } from "./downstream.ts";
import { holdToolCalls } from "./hold-tool-calls.ts";
import type { KeepAlive, KeptAlive } from "./keep-alive.ts";
import type { OpenAnswer } from "./open-answer.ts";

export interface StreamedAnswerOptions {
  downstream: Downstream;
  protocol: ProtocolName;
  encoder: StreamEncoder;
  encodeError(error: ChatError): EncodedError;
  headers: Record<string, string>;
  keepAlive: KeepAlive;
  keepAliveMs: number;
  now(): number;
}

/**
 * How long status and headers are held back while no upstream has accepted the request. Within it an upstream's refusal
 * reaches the client with its HTTP status (Claude Code compacts only on a real 400); after it the client gets 200 and pings.
 */
const headerDelayMs = 10_000;

/** An answer that goes out as server-sent events while it is made. */
export function createStreamedAnswer(options: StreamedAnswerOptions): OpenAnswer {
  const { downstream, encoder, now } = options;
  let ended = false;
  let heldStart: ChatEvent | undefined;
  let pending = "";

  const life: KeptAlive = {
    lastSignAt: now(),
    due: Math.min(headerDelayMs, options.keepAliveMs),
    sign() {
      open();
      life.due = options.keepAliveMs;
      downstream.write(encoder.keepAlive());
    },
  };
  const unwatch = options.keepAlive.watch(life);

  function open(): void {
    if (downstream.headersSent) return;
    life.due = options.keepAliveMs;
    life.lastSignAt = now();
    downstream.startStream(options.headers);
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
      // The start is held until there is content, so that the attempt that gives the content also names itself.
      if (event.type === "start") {
        heldStart = event;
        return;
      }
      if (event.type === "usage" || event.type === "opaque-event") return;
      answer.contentStarted = true;
      if (heldStart !== undefined) pending += encoder.encode(heldStart);
    }
    pending += encoder.encode(event);
    if (event.type === "finish") {
      answer.flush();
      end("end");
    }
  }

  const answer = {
    contentStarted: false,
    accept: open,
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
      life.lastSignAt = now();
      return downstream.write(piece);
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
      // end looks like success to older versions.
      if (answer.contentStarted && options.protocol === "anthropic-messages") {
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
