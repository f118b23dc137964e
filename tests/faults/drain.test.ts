import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventsOf } from "../../apps/gateway/testing/answer-well.ts";
import { call, type Json } from "../../apps/gateway/testing/call.ts";
import { clientDialects, messagesClient } from "../../apps/gateway/testing/client-dialects.ts";
import { readGenerations } from "../../apps/gateway/testing/read-generations.ts";
import {
  startEventStream,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../../apps/gateway/testing/scripted-upstream.ts";
import { serveGateway, type ServedGateway } from "../../apps/gateway/testing/serve-process.ts";

/* What happens to open answers when the process is told to end. */

let upstream: ScriptedUpstream;
let gateway: ServedGateway;
/** Lets the upstream finish the answers that it has begun. */
let goOn: PromiseWithResolvers<void>;
let agent: Agent;

beforeEach(async () => {
  goOn = Promise.withResolvers();
  agent = new Agent({ keepAlive: true });
  upstream = await startScriptedUpstream(async (response, request) => {
    const events = eventsOf(request, "one two three four");
    startEventStream(response);
    response.write(events.slice(0, 4).join(""));
    await goOn.promise;
    response.end(events.slice(4).join(""));
  });
});

afterEach(async () => {
  agent.destroy();
  await gateway.place.remove();
  await upstream.close();
});

async function serve(server: Json = {}): Promise<void> {
  gateway = await serveGateway({
    server,
    providers: {
      chat: { protocol: "openai-chat", base_url: upstream.url, api_keys: ["k"], models: { chat: {} } },
      messages: { protocol: "anthropic-messages", base_url: upstream.url, api_keys: ["k"], models: { messages: {} } },
    },
  });
}

const records = (): ReturnType<typeof readGenerations> => readGenerations(`${gateway.place.folder}/.onerouter`);

/** Sends SIGTERM. @returns a function that waits for the end, once the process has taken the signal. */
async function terminate(): Promise<() => Promise<number | null>> {
  const ended = gateway.served.end("SIGTERM");
  await expect.poll(() => gateway.served.output.stderr).toContain("open answers are finished first");
  return () => ended;
}

describe("SIGTERM", () => {
  test("open answers are finished, newcomers sent away, and the process ends well", async () => {
    await serve();
    const calls = clientDialects.flatMap((client) =>
      ["chat", "messages"].map((model) => ({
        client,
        call: gateway.start(client, { model, stream: true }, { agent }),
      })),
    );
    await Promise.all(calls.map(({ call: one }) => one.until((text) => text.includes("two"))));
    const ended = await terminate();

    const ready = await call(`${gateway.url}/readyz`).done;
    expect([ready.status, ready.json]).toEqual([503, { status: "draining" }]);
    expect((await call(`${gateway.url}/healthz`).done).status).toBe(200);
    for (const client of clientDialects) {
      const heard = await gateway.ask(client, { model: "chat" }, { agent });
      expect([heard.status, heard.headers.connection]).toEqual([503, "close"]);
      expect(client.error(heard).message).toBe("the gateway is going down");
    }

    goOn.resolve();
    for (const { client, call: one } of calls) {
      const heard = await one.done;
      expect([client.text(heard), client.isFinished(heard.text), heard.complete]).toEqual([
        "one two three four",
        true,
        true,
      ]);
    }
    // The agent still holds its connections open; they must not hold the process.
    expect(await ended()).toBe(0);
    expect(records().map(({ status, aborted, output_tokens }) => [status, aborted, output_tokens])).toEqual(
      calls.map(() => [200, 0, 5]),
    );
  });

  test("an answer that takes longer than drain_seconds is cut off and recorded", async () => {
    await serve({ drain_seconds: 0.5 });
    const calls = clientDialects.map((client) => gateway.start(client, { model: "chat", stream: true }));
    await Promise.all(calls.map((one) => one.until((text) => text.includes("two"))));
    expect(await gateway.served.end("SIGTERM")).toBe(0);
    for (const one of calls) expect((await one.done).complete).toBe(false);
    await expect.poll(() => upstream.seen.map(({ aborted }) => aborted)).toEqual([true, true]);
    for (const record of records())
      expect(record).toMatchObject({ aborted: 1, status: 499, usage_source: "estimated" });
    expect(records()).toHaveLength(2);
  });

  test("a second signal ends it at once", async () => {
    await serve({ drain_seconds: 600 });
    const open = gateway.start(messagesClient, { model: "chat", stream: true });
    await open.until((text) => text.includes("two"));
    const ended = await terminate();
    // Signals within half a second are one Ctrl-C that arrived several times.
    await sleep(700);
    gateway.served.child.kill("SIGTERM");
    expect(await ended()).toBe(1);
    expect((await open.done).complete).toBe(false);
  });

  test("without open answers it ends at once, kept-alive connections or not", async () => {
    await serve({ drain_seconds: 600 });
    expect((await call(`${gateway.url}/healthz`, { agent }).done).status).toBe(200);
    expect(await gateway.served.end("SIGINT")).toBe(0);
  });
});
