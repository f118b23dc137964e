import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { clientDialects } from "../../testing/client-dialects.ts";
import {
  chatChunk,
  messagesEvent,
  message,
  startEventStream,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway, type TestProvider } from "../../testing/start-test-gateway.ts";

/* A client that does not read must stop the upstream, not fill the gateway's memory (BerriAI/litellm#12685, T27). */

const megabyte = 1024 * 1024;
const total = 48 * megabyte;

/** A letter that no envelope has. */
const mark = "Z".charCodeAt(0);
const piece = "Z".repeat(64 * 1024);

/** Bytes that the upstream has written of its answer for a model, and those of them that are content. */
const progress = new Map<string, { written: number; sent: number }>();

let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response, { path, body }) => {
    const state = { written: 0, sent: 0 };
    progress.set(String(body.model), state);
    startEventStream(response);
    const [start, delta, end] = path.endsWith("/messages") ? messagesPieces : chatPieces;
    response.write(start);
    const more = (): void => {
      while (state.written < total) {
        state.written += delta.length;
        state.sent += piece.length;
        if (response.write(delta)) continue;
        response.once("drain", more);
        return;
      }
      response.end(end);
    };
    more();
  });
  const provider = (short: string, protocol: TestProvider["protocol"]): TestProvider => ({
    protocol,
    base_url: upstream.url,
    timeouts: { idle_seconds: 1 },
    models: Object.fromEntries(clientDialects.map(({ name }) => [`${short}-${name}`, {}])),
  });
  gateway = await startTestGateway({
    providers: {
      chat: provider("chat", "openai-chat"),
      messages: provider("messages", "anthropic-messages"),
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

const chatPieces = [
  chatChunk({ role: "assistant", content: "" }),
  chatChunk({ content: piece }),
  `${chatChunk({}, "stop")}data: [DONE]\n\n`,
] as const;
const messagesPieces = [
  messagesEvent("message_start", { message: { ...message(""), content: [], stop_reason: null } }) +
    messagesEvent("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
  messagesEvent("content_block_delta", { index: 0, delta: { type: "text_delta", text: piece } }),
  messagesEvent("content_block_stop", { index: 0 }) +
    messagesEvent("message_delta", {
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { input_tokens: 10, output_tokens: 5 },
    }) +
    messagesEvent("message_stop"),
] as const;

const ways = clientDialects.flatMap((client) => ["chat", "messages"].map((short) => ({ client, short })));

describe.concurrent.each(ways)("$client.name, $short upstream", ({ client, short }) => {
  test("the upstream is paused while the client does not read, and all of it arrives when it does", async () => {
    const model = `${short}-${client.name}`;
    const body = JSON.stringify(client.body({ model, stream: true }));
    const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
    // Nothing is read before resume(): what the sockets on the way hold is all that can be under way.
    socket.pause();
    socket.write(
      `POST ${client.path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${gateway.key}\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    const written = (): number => progress.get(model)?.written ?? 0;
    await vi.waitFor(() => expect(written()).toBeGreaterThan(megabyte), { timeout: 10_000 });
    expect(await untilStill(written)).toBeLessThan(total / 2);

    let content = 0;
    let tail = "";
    socket.on("data", (chunk: Buffer) => {
      for (const byte of chunk) if (byte === mark) content += 1;
      tail = (tail + chunk.toString("latin1")).slice(-2000);
    });
    socket.resume();
    await new Promise((resolve) => {
      socket.on("close", resolve);
    });
    expect(content).toBe(progress.get(model)?.sent);
    expect(client.isFinished(tail)).toBe(true);
  }, 30_000);
});

/** Waits until a number does not change for a while, longer than the idle limit of the upstream. */
async function untilStill(read: () => number): Promise<number> {
  for (let last = -1; ;) {
    const now = read();
    if (now === last) return now;
    last = now;
    await sleep(1500);
  }
}
