import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKey } from "../../identity/create-key.ts";
import { call, toObject, type Heard } from "../../testing/call.ts";
import { callingClients } from "../../testing/calling-clients.ts";
import { chatClient } from "../../testing/client-dialects.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/* A model that is known, and that no provider with a key here offers: what is missing is said, and how to mend it. */

const made = createKey("ci", 0, { models: ["moonshotai/*"] });
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ providers: { moonshot: {} }, keys: [made.record] });
});
afterAll(() => gateway.stop());

const ask = (model: string): Promise<Heard> => gateway.ask(chatClient, { model });
const help =
  /is a known model, but none of the providers that offer it has a key here: anthropic \(ANTHROPIC_API_KEY\), /;
const example =
  'Add one of them below providers in the configuration, such as anthropic: { api_keys: ["${ANTHROPIC_API_KEY}"] }';

describe.each(callingClients.map((client) => ({ client })))("$client.name", ({ client }) => {
  test("is told who offers it, and the variable of each", async () => {
    const model = "anthropic/claude-sonnet-4.5";
    const heard = await call(gateway.url + client.path(model, false), {
      body: client.body(model, "hi", [], false),
      headers: { authorization: `Bearer ${gateway.key}` },
    }).done;
    const message = String(client.error(heard)?.message);
    expect(heard.status).toBe(404);
    expect(message).toMatch(/^model: "anthropic\/claude-sonnet-4\.5" /);
    expect(message).toMatch(help);
    expect(message).toContain("openrouter (OPENROUTER_API_KEY)");
    expect(message).toContain("bedrock (auth)");
    expect(message.endsWith(example)).toBe(true);
  });
});

test.each(["claude-sonnet-4-5-20250929", "claude-sonnet-4.5", "anthropic/claude-sonnet-4.5:floor"])(
  "also by another name: %s",
  async (model) => {
    const heard = await ask(model);
    expect([heard.status, chatClient.error(heard).message]).toEqual([404, expect.stringMatching(help)]);
  },
);

test("as a model to fall back on, with its place", async () => {
  const heard = await gateway.ask(chatClient, { model: "kimi-k2-thinking", models: ["anthropic/claude-opus-4.5"] });
  expect(chatClient.error(heard)).toMatchObject({
    param: "models[0]",
    message: expect.stringMatching(/^models\[0\]: "anthropic\/claude-opus-4\.5" is a known model, /),
  });
});

test.each(["/v1/models/%", "/v1/models/%/endpoints", "/v1/model/%", "/v1beta/models/%"])(
  "where it is looked up: %s",
  async (path) => {
    const heard = await gateway.get(path.replace("%", "anthropic/claude-sonnet-4.5"));
    expect([heard.status, toObject(heard.json.error).message]).toEqual([404, expect.stringMatching(help)]);
  },
);

test("one that the configuration leaves out at a provider with a key is not for want of a key", async () => {
  const narrow = await startTestGateway({
    providers: { mine: { catalogue: "anthropic", include: ["*haiku*"] }, moonshot: { exclude: ["*"] } },
  });
  try {
    for (const [model, provider] of [
      ["anthropic/claude-sonnet-4.5", "mine"],
      ["claude-sonnet-4.5:floor", "mine"],
      // Nobody else has this one.
      ["moonshotai/kimi-k2-turbo-preview", "moonshot"],
    ] as const) {
      const heard = await narrow.ask(chatClient, { model });
      expect([heard.status, chatClient.error(heard).message]).toEqual([
        404,
        `model: "${model}" is a known model, but the configuration leaves it out (include, exclude or models) at the providers that have a key here and offer it: ${provider}`,
      ]);
    }
  } finally {
    await narrow.stop();
  }
});

test("embeddings, likewise", async () => {
  const { json } = await call(`${gateway.url}/v1/embeddings`, {
    body: { model: "openai/text-embedding-3-small", input: "hi" },
    headers: { authorization: `Bearer ${gateway.key}` },
  }).done;
  expect(toObject(json.error).message).toContain("openai (OPENAI_API_KEY)");
});

test("who asks with a key that is not for it is not told where it is to be had", async () => {
  const headers = { authorization: `Bearer ${made.key}` };
  const heard = await gateway.ask(chatClient, { model: "anthropic/claude-sonnet-4.5" }, { headers });
  expect([heard.status, chatClient.error(heard).message]).toEqual([
    404,
    'model: "anthropic/claude-sonnet-4.5" is not a model here',
  ]);
});

test("one that nobody knows is as it was: the nearest name of those that can be asked for", async () => {
  expect(chatClient.error(await ask("moonshotai/kimi-k2-thinkin")).message).toBe(
    'model: "moonshotai/kimi-k2-thinkin" is not a model here; did you mean "moonshotai/kimi-k2-thinking"?',
  );
});
