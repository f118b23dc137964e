import { afterAll, beforeAll, expect, test } from "vitest";
import { toArray, toObject, type Json } from "../testing/call.ts";
import { startTestGateway, type TestGateway } from "../testing/start-test-gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  const models = {
    "moonshotai/kimi-k2-thinking": {
      context_length: 262_144,
      max_output_tokens: 65_536,
      pricing: { prompt: 0.6, completion: 2.5 },
    },
    plain: {},
  };
  gateway = await startTestGateway({
    providers: { first: { protocol: "openai-chat", base_url: "http://127.0.0.1:9", models } },
    aliases: { "claude-kimi": "moonshotai/kimi-k2-thinking" },
  });
});
afterAll(() => gateway.stop());

const anthropic = { "anthropic-version": "2023-06-01" };
const idsOf = (json: Json): unknown[] => toArray(json.data).map((model) => toObject(model).id);
const names = ["moonshotai/kimi-k2-thinking", "claude-kimi", "plain"];

test("OpenAI's clients see every model and alias, with what is known of them", async () => {
  for (const path of ["/v1/models", "/api/v1/models"]) {
    const { status, json } = await gateway.get(path);
    expect([status, json.object, idsOf(json)]).toEqual([200, "list", names]);
    expect(toArray(json.data)[0]).toMatchObject({
      object: "model",
      context_length: 262_144,
      pricing: { prompt: "0.0000006", completion: "0.0000025" },
    });
  }
});

test("Anthropic's clients see them in their shape (BerriAI/litellm#27180, T17)", async () => {
  const { json } = await gateway.get("/v1/models?limit=1000", anthropic);
  expect(idsOf(json)).toEqual(names);
  expect(json).toMatchObject({ has_more: false, first_id: names[0], last_id: "plain" });
  expect(toArray(json.data)[0]).toMatchObject({ type: "model", display_name: names[0], max_input_tokens: 262_144 });
});

test("one model is found by its id, slashes and escapes included, and by its alias", async () => {
  for (const [path, id] of [
    ["/v1/models/moonshotai/kimi-k2-thinking", "moonshotai/kimi-k2-thinking"],
    ["/v1/models/moonshotai%2Fkimi-k2-thinking", "moonshotai/kimi-k2-thinking"],
    ["/v1/models/claude-kimi", "claude-kimi"],
  ] as const) {
    expect((await gateway.get(path)).json).toMatchObject({ id, object: "model" });
    expect((await gateway.get(path, anthropic)).json).toMatchObject({ id, type: "model" });
  }
  for (const headers of [{}, anthropic]) {
    const { status, json } = await gateway.get("/v1/models/nothing/here", headers);
    expect([status, json.error]).toEqual([
      404,
      expect.objectContaining({ message: expect.stringMatching(/^model: /) }),
    ]);
  }
});
