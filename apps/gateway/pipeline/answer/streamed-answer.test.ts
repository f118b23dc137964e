import { anthropicMessages } from "@onerouter/protocols/anthropic-messages/index";
import { checkAnthropicStream } from "@onerouter/protocols/grammar/index";
import { noUsage } from "@onerouter/protocols";
import { expect, test } from "vitest";
import type { Downstream } from "../downstream.ts";
import type { KeptAlive } from "./keep-alive.ts";
import type { OpenAnswer } from "./open-answer.ts";
import { createStreamedAnswer } from "./streamed-answer.ts";

/** An answer whose clock is the test's. */
function open(): { answer: OpenAnswer; life: KeptAlive; written: () => string } {
  let text = "";
  let life: KeptAlive | undefined;
  const downstream: Downstream = {
    headersSent: false,
    closed: false,
    send: () => {},
    startStream() {
      Object.assign(downstream, { headersSent: true });
    },
    write(piece) {
      text += piece.toString();
      return true;
    },
    end: () => {},
    destroy: () => {},
    onClose: () => {},
    onDrain: () => {},
  };
  const answer = createStreamedAnswer({
    downstream,
    protocol: "anthropic-messages",
    encoder: anthropicMessages.createStreamEncoder({
      requestedModel: "kimi",
      id: "1",
      created: 0,
      inputTokensEstimate: 7,
    }),
    encodeError: (error) => anthropicMessages.encodeError(error, "req_1"),
    headers: () => ({}),
    keepAlive: {
      watch(entry) {
        life = entry;
        return () => {};
      },
      close: () => {},
    },
    keepAliveMs: 15_000,
    headerDelayMs: 2_000,
    now: () => 0,
  });
  if (life === undefined) throw new Error("nobody watches the answer");
  return { answer, life, written: () => text };
}

function finish(answer: OpenAnswer): void {
  answer.emit({ type: "start", id: "upstream", model: "m" });
  answer.emit({ type: "block-start", index: 0, block: { type: "text" } });
  answer.emit({ type: "block-delta", index: 0, text: "hi" });
  answer.emit({ type: "block-stop", index: 0 });
  answer.emit({ type: "finish", reason: "stop", usage: noUsage });
}

test("while a converted upstream thinks, the answer begins, so that the sign of life is a real ping", () => {
  const { answer, life, written } = open();
  answer.accept(false);
  // With the headers, which any failure until then would have answered with its status.
  expect(written()).toBe("");
  life.sign();
  expect(written()).toMatch(/^:.*\n\n$/);
  life.sign();
  life.sign();
  expect(written().match(/^event: .*$/gm)).toEqual(["event: message_start", "event: ping", "event: ping"]);
  expect(answer.contentStarted).toBe(false);
  finish(answer);
  expect(checkAnthropicStream(written())).toEqual([]);
  expect(written()).toContain('"input_tokens":7');
});

test("before an upstream has accepted, and where its own bytes will come, the sign of life is a comment", () => {
  const { answer, life, written } = open();
  life.sign();
  answer.accept(true);
  life.sign();
  expect(written()).not.toContain("event:");
  expect(answer.begun).toBe(false);
});

test("an answer that has begun and finds no upstream ends with an error, legally", () => {
  const { answer, life, written } = open();
  answer.accept(false);
  life.sign();
  life.sign();
  answer.fail({ code: "upstream_timeout", message: "the upstream fell silent" });
  expect(checkAnthropicStream(written())).toEqual([]);
});
