import { DatabaseSync } from "node:sqlite";
import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { call, toArray, toObject, type Heard, type Json } from "../../apps/gateway/testing/call.ts";
import { clientDialects, messagesClient } from "../../apps/gateway/testing/client-dialects.ts";
import { readGenerations } from "../../apps/gateway/testing/read-generations.ts";
import { serveGateway, type ServedGateway } from "../../apps/gateway/testing/serve-process.ts";

/* What is left after kill -9. */

let upstream: MockUpstream;
let gateway: ServedGateway;
let config: Json;

beforeEach(async () => {
  upstream = await startMockUpstream();
  const pricing = { prompt: 0.6, completion: 2.5 };
  config = {
    providers: {
      moonshot: {
        protocol: "openai-chat",
        base_url: `${upstream.url}/moonshot/v1`,
        api_keys: ["k"],
        models: { "kimi-k2-thinking": { pricing } },
      },
    },
  };
  gateway = await serveGateway(config);
});

afterEach(async () => {
  await gateway.place.remove();
  await upstream.close();
});

const ask = (client: (typeof clientDialects)[number], fields: Json = {}): Promise<Heard> =>
  gateway.ask(client, { model: "kimi-k2-thinking", ...fields });

async function record(heard: Heard): Promise<Json> {
  const id = String(heard.headers["x-onerouter-generation-id"]);
  const headers = { authorization: `Bearer ${gateway.key}` };
  const found = await call(`${gateway.url}/v1/generation?id=${id}`, { headers }).done;
  expect(found.status).toBe(200);
  return toObject(found.json.data);
}

async function crashAndRestart(): Promise<void> {
  await gateway.served.end("SIGKILL");
  gateway = await serveGateway(config, gateway.place);
}

describe("kill -9", () => {
  test("keys and every generation that was told are still there, to the picodollar", async () => {
    const { key } = gateway;
    const told = new Map<Heard, Json>();
    for (const client of clientDialects) {
      for (const stream of [true, false]) {
        const heard = await ask(client, { stream });
        told.set(heard, await record(heard));
      }
    }
    // At once: nothing waits for a batch to fill.
    await crashAndRestart();
    expect(gateway.key).toBe(key);
    for (const [heard, before] of told) {
      expect(await record(heard)).toEqual(before);
      expect(before.total_cost).toBeGreaterThan(0);
    }
  });

  test("in the middle of a hundred answers nothing that was told is lost, and the database is whole", async () => {
    const told: string[] = [];
    let stopped = false;
    const worker = async (): Promise<void> => {
      while (!stopped) {
        const heard = await ask(messagesClient, { stream: true });
        const id = String(heard.headers["x-onerouter-generation-id"]);
        const headers = { authorization: `Bearer ${gateway.key}` };
        const found = await call(`${gateway.url}/v1/generation?id=${id}`, { headers }).done;
        if (found.status === 200) told.push(id);
        else if (!stopped) throw new Error(`the record of ${id} is not there`);
      }
    };
    const workers = Array.from({ length: 8 }, worker);
    await expect.poll(() => told.length, { timeout: 20_000 }).toBeGreaterThan(100);
    stopped = true;
    await gateway.served.end("SIGKILL");
    await Promise.all(workers);

    const folder = `${gateway.place.folder}/.onerouter`;
    gateway = await serveGateway(config, gateway.place);
    const stored = new Set(readGenerations(folder).map(({ id }) => id));
    expect(told.filter((id) => !stored.has(id))).toEqual([]);
    const db = new DatabaseSync(`${folder}/onerouter.db`, { readOnly: true });
    expect(db.prepare("pragma integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    db.close();
  });

  test("a session goes on: thoughts sealed before the crash are known after it", async () => {
    const user = { role: "user", content: "think about crashes" };
    const tools = [{ name: "Bash", input_schema: { type: "object", properties: { command: { type: "string" } } } }];
    const fields = { tools, messages: [{ role: "user", content: "run ls" }] };
    const first = await ask(messagesClient, fields);
    const content = toArray(first.json.content).map(toObject);
    expect(content.map(({ type }) => type)).toEqual(["thinking", "tool_use"]);
    await crashAndRestart();
    const result = { type: "tool_result", tool_use_id: content[1]?.id, content: "a" };
    const messages = [...fields.messages, { role: "assistant", content }, { role: "user", content: [result] }, user];
    const second = await ask(messagesClient, { tools, messages });
    expect([second.status, second.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
    // The upstream checks that the thought before a call is the very one that it gave.
    const sent = toArray(toObject(upstream.requests.at(-1)?.body).messages).map(toObject);
    expect(sent.find(({ role }) => role === "assistant")?.reasoning_content).toBe(content[0]?.thinking);
  });
});
