import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { toArray, toObject, type Json } from "../testing/call.ts";
import { chatClient, messagesClient } from "../testing/client-dialects.ts";
import { message, sendJson, startScriptedUpstream, type ScriptedUpstream } from "../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../testing/start-test-gateway.ts";
import { refreshedFile } from "./read-catalogue.ts";

/* A provider about which the configuration states nothing but where it is. */

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let inputTokens = 100;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response) => {
    sendJson(response, 200, message("hello", { usage: { input_tokens: inputTokens, output_tokens: 10 } }));
  });
  gateway = await startTestGateway({ providers: { mine: { catalogue: "anthropic", base_url: upstream.url } } });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

test.each(["anthropic/claude-sonnet-4.5", "claude-sonnet-4.5", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5"])(
  "%s is asked for by the provider's own name",
  async (model) => {
    for (const client of [messagesClient, chatClient]) {
      const heard = await gateway.ask(client, { model, stream: false });
      expect(heard.status).toBe(200);
      expect(upstream.last()).toMatchObject({ path: "/v1/messages", body: { model: "claude-sonnet-4-5" } });
    }
  },
);

async function costOf(tokens: number): Promise<unknown> {
  inputTokens = tokens;
  const heard = await gateway.ask(messagesClient, { model: "claude-sonnet-4.5", stream: false });
  return (await gateway.generation(heard)).total_cost;
}

test("a request is priced by the catalogue, a long one as a whole at the price of its length (T22)", async () => {
  expect(Number(await costOf(200_000))).toBeCloseTo(0.600_15, 10);
  expect(Number(await costOf(200_001))).toBeCloseTo(1.200_231, 10);
});

test("a refresh that another process has written is in use within seconds, without a restart", async () => {
  const offer = { model: "anthropic/claude-sonnet-4.5", cost: { input: 4, output: 20 } };
  const models = { "claude-sonnet-4-5": offer, "claude-new": { model: "anthropic/claude-new" } };
  writeFileSync(
    refreshedFile(gateway.folder),
    JSON.stringify({ date: "2099-01-01", providers: { anthropic: { models } } }),
  );
  const read = async (): Promise<Json[]> => toArray((await gateway.get("/v1/models")).json.data).map(toObject);
  await vi.waitFor(
    async () =>
      expect((await read()).find(({ id }) => id === offer.model)?.pricing).toMatchObject({ prompt: "0.000004" }),
    { timeout: 20_000, interval: 200 },
  );
  expect((await read()).map(({ id }) => id)).toContain("anthropic/claude-new");
  expect(Number(await costOf(1000))).toBeCloseTo(0.004_2, 10);
});
