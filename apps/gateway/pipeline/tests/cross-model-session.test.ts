import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { call, toArray, toObject, type Json } from "../../testing/call.ts";
import { sessionClients, type SessionClient } from "../../testing/session-clients.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/*
 * One conversation that changes its model, its provider and the provider's protocol while it runs. The mock is as strict as
 * the providers: it refuses signatures and encrypted items that it did not make for this model, key and call, calls without
 * the thought it gave before them, fields it does not know.
 */

let mock: MockUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  mock = await startMockUpstream();
  gateway = await startTestGateway({
    providers: {
      anthropic: {
        protocol: "anthropic-messages",
        base_url: `${mock.url}/anthropic`,
        models: { "claude-opus-4-8": {}, "claude-haiku-4-5": {} },
      },
      moonshot: {
        protocol: "openai-chat",
        base_url: `${mock.url}/moonshot/v1`,
        models: { "kimi-k2-thinking": {}, "kimi-k3": {} },
      },
      openai: {
        protocol: "openai-responses",
        base_url: `${mock.url}/openai/v1`,
        api_keys: ["key-of-one-organisation", "key-of-another"],
        models: { "gpt-5.5": {} },
      },
      google: {
        protocol: "gemini",
        base_url: `${mock.url}/google/v1beta`,
        models: { "gemini-3-pro-preview": {}, "gemini-2.5-flash": {} },
      },
      zai: { protocol: "openai-chat", base_url: `${mock.url}/zai/v1`, models: { "glm-5.2": {} } },
      deepseek: {
        protocol: "anthropic-messages",
        base_url: `${mock.url}/deepseek`,
        models: { "deepseek-v4-pro": {} },
      },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await mock.close();
});
beforeEach(() => mock.reset());

/** How the mock's thoughts end; its texts and commands never do. */
const thoughtMark = "(thought ";

async function ask(client: SessionClient, model: string, history: readonly Json[]): Promise<Json> {
  const heard = await call(gateway.url + client.path(model), {
    headers: { authorization: `Bearer ${gateway.key}` },
    body: client.body(model, history),
  }).done;
  expect([model, heard.status, heard.status === 200 ? "" : heard.text]).toEqual([model, 200, ""]);
  expect(client.visible(heard.json)).not.toContain(thoughtMark);
  return heard.json;
}

/** Counts, one command a turn, each turn with the next model; then the user speaks again, to the first of them. */
async function play(client: SessionClient, models: readonly string[]): Promise<Json[]> {
  let history = client.begin(`count to ${models.length} with separate commands`);
  const answers: Json[] = [];
  for (const model of models) {
    const answer = await ask(client, model, history);
    answers.push(answer);
    const calls = client.calls(answer);
    expect([model, calls.length]).toEqual([model, 1]);
    history = [...history, ...client.remember(answer), ...client.results(calls, "done")];
  }
  const first = models[0] ?? "";
  const done = await ask(client, first, history);
  expect(client.visible(done)).toContain("Done");
  history = [...history, ...client.remember(done), ...client.say("think about rivers")];
  expect(client.visible(await ask(client, first, history))).toContain("I thought about rivers");
  return answers;
}

/** Every string of a request that a model reads as said, and not as thought. */
function* saidIn(value: unknown): Iterable<string> {
  if (typeof value === "string") yield value;
  else if (Array.isArray(value)) for (const one of value) yield* saidIn(one);
  else if (typeof value === "object" && value !== null) {
    const { type, thought, ...fields } = value as Json;
    if (thought === true || type === "thinking" || type === "reasoning") return;
    for (const [field, one] of Object.entries(fields)) if (!thoughtFields.has(field)) yield* saidIn(one);
  }
}

const thoughtFields = new Set(["reasoning_content", "reasoning", "reasoning_details"]);

/** Nothing was refused, no thought was said aloud, and no envelope of ours went anywhere. */
function checkUpstream(turns: number): void {
  expect(mock.requests.map(({ path, status, refusal }) => [path, status, refusal])).toEqual(
    mock.requests.map(({ path }) => [path, 200, undefined]),
  );
  expect(mock.requests).toHaveLength(turns);
  for (const { path, body } of mock.requests) {
    expect([path, [...saidIn(body)].filter((text) => text.includes(thoughtMark))]).toEqual([path, []]);
    expect(JSON.stringify(body)).not.toMatch(/or1\.[\w-]+\.[\w-]+/);
  }
}

const tour = ["claude-opus-4-8", "kimi-k2-thinking", "gpt-5.5", "gemini-3-pro-preview"];

describe.each(sessionClients)("a client of $name", (client) => {
  test("changes Claude, Kimi, GPT, Gemini and back, without one refusal and without a thought said aloud (BerriAI/litellm#26916, T13)", async () => {
    const models = [...tour, ...tour];
    await play(client, models);
    checkUpstream(models.length + 2);
  });

  test("stays with each model for two turns: its own thoughts return to it (T3, T12)", async () => {
    const models = tour.flatMap((model) => [model, model]);
    const answers = await play(client, models);
    checkUpstream(models.length + 2);
    // Every answer brought something that brings its thought back.
    expect(answers.map((answer) => client.sealed(answer).length > 0)).toEqual(answers.map(() => true));
  });

  test("changes between two models of each provider: a signature of one never goes to the other (opencode-antigravity-auth#70, T15)", async () => {
    const models = [
      "claude-opus-4-8",
      "claude-haiku-4-5",
      "gemini-3-pro-preview",
      "gemini-2.5-flash",
      "kimi-k3",
      "kimi-k2-thinking",
      "glm-5.2",
      "deepseek-v4-pro",
      "claude-opus-4-8",
    ];
    await play(client, models);
    checkUpstream(models.length + 2);
  });

  test("is served by another credential of the same provider: encrypted thoughts stay with the first (openai/codex#9045, T14)", async () => {
    let history = client.begin("count to 3 with separate commands");
    for (let turn = 0; turn < 3; turn++) {
      // The key that served the turn before has reached its limit.
      if (turn > 0) mock.setFaults({ fault: "status=429,none", times: 1 });
      const answer = await ask(client, "gpt-5.5", history);
      const calls = client.calls(answer);
      expect(calls).toHaveLength(1);
      history = [...history, ...client.remember(answer), ...client.results(calls, "done")];
    }
    const served = mock.requests.filter(({ status }) => status === 200);
    expect(mock.requests.map(({ status }) => status).filter((status) => status !== 200 && status !== 429)).toEqual([]);
    expect(new Set(served.map(({ headers }) => headers.authorization)).size).toBe(2);
    const encrypted = served.map(({ body }) =>
      toArray(toObject(body).input).filter((item) => toObject(item).encrypted_content !== undefined),
    );
    expect(encrypted[0]).toEqual([]);
  });
});
