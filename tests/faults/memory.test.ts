import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorkplace } from "../../apps/gateway/cli/testing/run-onerouter.ts";
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
  const config = {
    providers: {
      chat: { protocol: "openai-chat", base_url: upstream.url, api_keys: ["k"], models: { endless: {}, silent: {} } },
    },
  };
  // Node collects all garbage before it writes a snapshot of the heap: what is in use after it is needed.
  gateway = await serveGateway(config, createWorkplace(), { NODE_OPTIONS: "--heapsnapshot-signal=SIGUSR2" });
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

test("a thousand answers broken off in their middle leave nothing behind", async () => {
  const breakOff = async (rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round++) {
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
    await expect.poll(openAnswers, { timeout: 10_000 }).toBe(0);
  };
  await breakOff(15);
  const warm = await neededBytes();
  await breakOff(50);
  // Three kilobytes an answer would be too many.
  expect((await neededBytes()) - warm).toBeLessThan(3 * megabyte);
}, 90_000);

/** The prompts are 40 MB, in each of the forms that they go through: their bytes stay as long as somebody may have to go on. */
const kept = [
  { resume: "true", holds: "nothing of its prompt but its bytes", most: 50 },
  { resume: "false", holds: "nothing of its prompt", most: 10 },
];

test.each(clientDialects.flatMap((client) => kept.map((one) => ({ ...one, client, name: client.name }))))(
  "an open answer keeps $holds once content has been sent: $name",
  async ({ client, resume, most }) => {
    const before = await neededBytes();
    const messages = [{ role: "user", content: "x".repeat(2 * megabyte) }];
    const headers = { "x-onerouter-resume": resume };
    const calls = Array.from({ length: 20 }, () =>
      gateway.start(client, { model: "silent", stream: true, messages }, { headers }),
    );
    await Promise.all(calls.map((one) => one.until((text) => text.length > 1000)));
    expect((await neededBytes()) - before).toBeLessThan(most * megabyte);
    for (const one of calls) one.abort();
    await expect.poll(openAnswers, { timeout: 10_000 }).toBe(0);
  },
  60_000,
);

async function neededBytes(): Promise<number> {
  const snapshots = (): string[] => readdirSync(gateway.place.folder).filter((name) => name.endsWith(".heapsnapshot"));
  const before = snapshots().length;
  gateway.served.child.kill("SIGUSR2");
  await expect.poll(() => snapshots().length, { timeout: 20_000 }).toBe(before + 1);
  // The process answers again when the file is written.
  return (await metric("nodejs_heap_size_used_bytes")) + (await metric("nodejs_external_memory_bytes"));
}
