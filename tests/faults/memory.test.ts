import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "../../apps/gateway/testing/call.ts";
import { clientDialects, messagesClient } from "../../apps/gateway/testing/client-dialects.ts";
import {
  chatChunk,
  startEventStream,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../../apps/gateway/testing/scripted-upstream.ts";
import { serveGateway, type ServedGateway } from "../../apps/gateway/testing/serve-process.ts";

/* What other gateways have leaked (BerriAI/litellm#12685, #27954, #38193, T27). */

const megabyte = 1024 * 1024;

let upstream: ScriptedUpstream;
let gateway: ServedGateway;

beforeAll(async () => {
  const chunk = chatChunk({ content: "x".repeat(16 * 1024) });
  upstream = await startScriptedUpstream((response, { body }) => {
    startEventStream(response);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
      if (!response.destroyed) response.once("drain", more);
    };
    if (body.model === "endless") more();
    // Else an answer that falls silent in its middle.
    else response.write(chunk);
  });
  gateway = await serveGateway({
    providers: {
      chat: { protocol: "openai-chat", base_url: upstream.url, api_keys: ["k"], models: { endless: {}, silent: {} } },
    },
  });
});

afterAll(async () => {
  await gateway.place.remove();
  await upstream.close();
});

async function metric(name: string): Promise<number> {
  const { text } = await call(`${gateway.url}/metrics`).done;
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
}

const residentBytes = (): Promise<number> => metric("process_resident_memory_bytes");
const openAnswers = (): Promise<number> => metric("onerouter_open_answers");
const usedBytes = async (): Promise<number> =>
  (await metric("nodejs_heap_size_used_bytes")) + (await metric("nodejs_external_memory_bytes"));

test("forty clients that do not read an endless answer cost little, and nothing once they are gone", async () => {
  const before = await residentBytes();
  const body = JSON.stringify(messagesClient.body({ model: "endless", stream: true }));
  const sockets: Socket[] = Array.from({ length: 40 }, () => {
    const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
    socket.pause();
    socket.on("error", () => undefined);
    socket.write(
      `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${gateway.key}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    return socket;
  });
  await expect.poll(openAnswers, { timeout: 10_000 }).toBe(40);
  // The upstream would fill gigabytes in this time.
  await sleep(3000);
  expect((await residentBytes()) - before).toBeLessThan(200 * megabyte);
  for (const socket of sockets) socket.destroy();
  await expect.poll(openAnswers, { timeout: 10_000 }).toBe(0);
  await expect.poll(() => upstream.seen.filter(({ aborted }) => aborted).length).toBe(40);
});

test("answers broken off in their middle leave nothing behind", async () => {
  const breakOff = async (): Promise<void> => {
    for (let at = 0; at < 10; at++) {
      const calls = Array.from({ length: 20 }, (_, index) =>
        gateway.start(clientDialects[index % 2] ?? messagesClient, { model: "silent", stream: true }),
      );
      await Promise.all(
        calls.map(async (one) => {
          await one.until((text) => text.length > 1000);
          one.abort();
        }),
      );
    }
  };
  // What is in use after each round goes up and down with the collector; its lowest points must not climb.
  const used: number[] = [];
  for (let round = 0; round < 12; round++) {
    await breakOff();
    used.push(await usedBytes());
  }
  expect(Math.min(...used.slice(-5)) - Math.min(...used.slice(0, 5))).toBeLessThan(20 * megabyte);
  await expect.poll(openAnswers, { timeout: 10_000 }).toBe(0);
}, 90_000);
