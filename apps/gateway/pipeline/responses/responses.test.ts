import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createKey } from "../../identity/create-key.ts";
import { call, readEvents, toArray, toObject, type CallOptions, type Heard, type Json } from "../../testing/call.ts";
import { startTestGateway, type TestGateway, type TestGatewayOptions } from "../../testing/start-test-gateway.ts";

/* What POST /v1/responses and its neighbours do beyond converting: they remember, find again, count and compact. */

let mock: MockUpstream;
let gateway: TestGateway;
let config: TestGatewayOptions;
const other = createKey("other", Date.now());

beforeAll(async () => {
  mock = await startMockUpstream();
  config = {
    providers: {
      openai: { protocol: "openai-responses", base_url: `${mock.url}/openai/v1`, models: { "gpt-5.2": {} } },
      moonshot: { protocol: "openai-chat", base_url: `${mock.url}/moonshot/v1`, models: { "kimi-k2-thinking": {} } },
      anthropic: {
        protocol: "anthropic-messages",
        base_url: `${mock.url}/anthropic`,
        models: { "claude-sonnet-4-5": {} },
      },
    },
    keys: [other.record],
  };
  gateway = await startTestGateway(config);
});
afterAll(async () => {
  await gateway.stop();
  await mock.close();
});
beforeEach(() => mock.reset());

const models = ["gpt-5.2", "kimi-k2-thinking", "claude-sonnet-4-5"];

function send(path: string, body?: unknown, options: CallOptions = {}): Promise<Heard> {
  const headers = { authorization: `Bearer ${gateway.key}`, ...options.headers };
  return call(gateway.url + path, { body, ...options, headers }).done;
}

const create = (fields: Json, options?: CallOptions): Promise<Heard> =>
  send("/v1/responses", { model: "kimi-k2-thinking", input: "say hello", ...fields }, options);

const itemsOf = ({ output }: Json): Json[] => toArray(output).map(toObject);
const idOf = ({ json }: Heard): string => String(json.id);

/** The response that a stream ends with, or the whole answer. */
function responseOf({ json, text }: Heard): Json {
  return json.object === "response"
    ? json
    : toObject(readEvents(text).find(({ type }) => type === "response.completed")?.response);
}

/** Everything that the newest request told the upstream, as text. */
const told = (): string => JSON.stringify(mock.requests.at(-1)?.body);

const shell = {
  type: "function",
  name: "exec_command",
  description: "Runs a command.",
  strict: false,
  parameters: { type: "object", properties: { command: { type: "string" } }, required: ["command"] },
};

describe.each(models)("upstream of %s", (model) => {
  test.each([true, false])("what was stored goes on by previous_response_id; stream: %s", async (stream) => {
    const fields = { model, tools: [shell], reasoning: { effort: "medium" }, stream };
    const first = responseOf(await create({ ...fields, input: "count to 2 with separate commands" }));
    expect(first).toMatchObject({ object: "response", status: "completed", store: true, previous_response_id: null });
    let previous = first;
    for (const output of ["1", "2"]) {
      const called = itemsOf(previous).find(({ type }) => type === "function_call");
      expect(called?.call_id).toMatch(/./);
      const input = [{ type: "function_call_output", call_id: called?.call_id, output }];
      const heard = await create({ ...fields, input, previous_response_id: previous.id });
      expect([heard.status, mock.requests.at(-1)?.refusal]).toEqual([200, undefined]);
      const next = responseOf(heard);
      expect(next.previous_response_id).toBe(previous.id);
      previous = next;
    }
    expect(told()).toContain("count to 2 with separate commands");
    expect(itemsOf(previous).at(-1)).toMatchObject({ type: "message", role: "assistant" });
  });

  test.each([true, false])(
    "a conversation is compacted into one item that goes on with every model; stream: %s",
    async (stream) => {
      const input = [
        { type: "message", role: "user", content: [{ type: "input_text", text: "say hello" }] },
        { type: "message", role: "assistant", content: [{ type: "output_text", text: "hello" }] },
        { type: "compaction_trigger" },
      ];
      const heard = await create({ model, input, stream, store: false, tools: [shell] });
      expect([heard.status, mock.requests.at(-1)?.refusal]).toEqual([200, undefined]);
      const items = itemsOf(responseOf(heard));
      expect(items).toEqual([
        { type: "compaction", id: expect.stringMatching(/^cmp_/), encrypted_content: expect.stringMatching(/./) },
      ]);
      if (stream) {
        const done = readEvents(heard.text).filter(({ type }) => type === "response.output_item.done");
        expect(done.map(({ item }) => toObject(item).type)).toEqual(["compaction"]);
      }
      const summary = "(mock)";
      for (const next of models) {
        const went = await create({
          model: next,
          store: false,
          input: [...items, { role: "user", content: "say hello" }],
        });
        expect([went.status, mock.requests.at(-1)?.refusal]).toEqual([200, undefined]);
        expect(told()).toContain(summary);
        expect(told()).not.toContain(String(items[0]?.encrypted_content));
      }
    },
  );

  test("input_tokens counts", async () => {
    const { status, json } = await send("/v1/responses/input_tokens", { model, input: "say hello" });
    expect([status, json.object, Number(json.input_tokens) > 0]).toEqual([200, "response.input_tokens", true]);
  });
});

describe("a stored response", () => {
  test("is found, listed and deleted by the key that stored it, and by no other", async () => {
    const heard = await create({
      input: [{ role: "user", content: "say hello", id: "msg_mine" }],
      metadata: { a: "b" },
    });
    const path = `/v1/responses/${idOf(heard)}`;
    expect((await send(path)).json).toEqual(heard.json);
    expect((await send(`/api${path}`)).json).toEqual(heard.json);
    const theirs = { headers: { authorization: `Bearer ${other.key}` } };
    for (const method of ["GET", "DELETE"]) {
      const denied = await send(path, undefined, { ...theirs, method });
      expect([denied.status, toObject(denied.json.error).code]).toEqual([404, "not_found"]);
    }
    expect((await send(`${path}/input_items`, undefined, theirs)).status).toBe(404);
    const stranger = await create({ previous_response_id: idOf(heard) }, theirs);
    expect([stranger.status, toObject(stranger.json.error).code]).toEqual([400, "previous_response_not_found"]);
    expect((await create({ input: [{ type: "item_reference", id: "msg_mine" }] }, theirs)).status).toBe(404);

    expect((await send(`${path}/input_items`)).json).toEqual({
      object: "list",
      data: [
        {
          id: "msg_mine",
          type: "message",
          role: "user",
          status: "completed",
          content: [{ type: "input_text", text: "say hello" }],
        },
      ],
      first_id: "msg_mine",
      last_id: "msg_mine",
      has_more: false,
    });
    expect((await send(path, undefined, { method: "DELETE" })).json).toEqual({
      id: idOf(heard),
      object: "response",
      deleted: true,
    });
    expect((await send(path)).status).toBe(404);
    expect((await send(path, undefined, { method: "DELETE" })).status).toBe(404);
    expect((await create({ previous_response_id: idOf(heard) })).status).toBe(400);
  });

  test("is listed with everything it was made from, newest first, by pages", async () => {
    const first = await create({ input: "say hello" });
    const second = await create({ input: "say hello again", previous_response_id: idOf(first) });
    const path = `/v1/responses/${idOf(second)}/input_items`;
    const all = toArray((await send(`${path}?limit=100`)).json.data).map(toObject);
    expect(all.map(({ role, type }) => role ?? type)).toEqual(["user", "assistant", "reasoning", "user"]);
    const page = (await send(`${path}?limit=1`)).json;
    expect([page.has_more, toArray(page.data).length]).toEqual([true, 1]);
    const rest = (await send(`${path}?limit=100&after=${String(page.last_id)}`)).json;
    expect(toArray(rest.data).length).toBe(all.length - 1);
    const ascending = toArray((await send(`${path}?order=asc`)).json.data).map(toObject);
    expect(ascending.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toReversed());
    for (const query of ["limit=0", "limit=x", "order=up"]) expect((await send(`${path}?${query}`)).status).toBe(400);
  });

  test("does not come to be with store: false, nor when its answer fails", async () => {
    const unstored = await create({ store: false });
    expect(unstored.json.store).toBe(false);
    expect((await send(`/v1/responses/${idOf(unstored)}`)).status).toBe(404);

    mock.setFaults({ fault: "status=400", times: 1 });
    const failed = await create({});
    expect(failed.status).toBe(400);
    const id = `resp_${String(failed.headers["x-onerouter-generation-id"])}`;
    expect((await send(`/v1/responses/${id}`)).status).toBe(404);
  });

  test("is given whole only", async () => {
    const heard = await create({});
    const { status, json } = await send(`/v1/responses/${idOf(heard)}?stream=true`);
    expect([status, toObject(json.error).param]).toEqual([400, "stream"]);
  });
});

describe("item_reference", () => {
  test("stands for the item that is stored (@ai-sdk/openai's second step)", async () => {
    const first = await create({ input: "count to 1 with separate commands", tools: [shell] });
    const items = itemsOf(first.json);
    expect(items.map(({ type }) => type)).toEqual(["reasoning", "function_call"]);
    const input = [
      { role: "user", content: "count to 1 with separate commands" },
      ...items.map(({ id }) => ({ type: "item_reference", id })),
      { type: "function_call_output", call_id: items[1]?.call_id, output: "1" },
    ];
    const second = await create({ input, tools: [shell] });
    expect([second.status, mock.requests.at(-1)?.refusal]).toEqual([200, undefined]);
    // The mock of Moonshot refuses a call that comes without its thought.
    expect(told()).toContain("reasoning_content");
    const lost = toArray((await gateway.generation(second)).receipt).map((entry) => toObject(entry).field);
    expect(lost).not.toContain("item_reference");
    // What is stored is the item, not the reference: the first response may go.
    await send(`/v1/responses/${idOf(first)}`, undefined, { method: "DELETE" });
    expect((await create({ input: "say hello", previous_response_id: idOf(second), tools: [shell] })).status).toBe(200);
  });

  test("to a thought that is not stored is dropped with a receipt; to anything else it is a clear 404", async () => {
    const lost = await create({
      input: [
        { type: "item_reference", id: "rs_lost" },
        { role: "user", content: "say hello" },
      ],
    });
    expect(lost.status).toBe(200);
    expect(toArray((await gateway.generation(lost)).receipt)).toContainEqual(
      expect.objectContaining({ field: "item_reference", action: "dropped" }),
    );
    for (const item of [{ type: "item_reference", id: "msg_lost" }, { id: "msg_lost" }]) {
      const { status, json } = await create({ input: [{ role: "user", content: "x" }, item] });
      expect([status, toObject(json.error).param, toObject(json.error).message]).toEqual([
        404,
        "input[1].id",
        expect.stringContaining("msg_lost"),
      ]);
    }
  });
});

test("POST /v1/responses/compact gives the user's words and a compaction, with which a conversation goes on", async () => {
  const input = [
    { role: "user", content: "say hello" },
    { role: "assistant", content: "hello" },
  ];
  const { status, json } = await send("/v1/responses/compact", { model: "kimi-k2-thinking", input, stream: true });
  expect([status, json.object, json.id]).toEqual([200, "response.compaction", expect.stringMatching(/^resp_/)]);
  expect(itemsOf(json)).toEqual([
    { role: "user", content: "say hello" },
    expect.objectContaining({ type: "compaction" }),
  ]);
  expect(toObject(json.usage).total_tokens).toBeGreaterThan(0);
  expect((await send(`/v1/responses/${String(json.id)}`)).status).toBe(404);
  const next = await create({ input: [...toArray(json.output), { role: "user", content: "say hello" }] });
  expect([next.status, mock.requests.at(-1)?.refusal]).toEqual([200, undefined]);
});

test("history before a compaction that was stored is not told again", async () => {
  const first = await create({ input: "say hello to the walrus" });
  const compacted = await create({ input: [{ type: "compaction_trigger" }], previous_response_id: idOf(first) });
  expect(itemsOf(compacted.json).map(({ type }) => type)).toEqual(["compaction"]);
  await create({ input: "say hello", previous_response_id: idOf(compacted) });
  const messages = toArray(toObject(mock.requests.at(-1)?.body).messages).map(toObject);
  expect(messages.map(({ role }) => role)).toEqual(["user", "user"]);
});

test("with stored_responses switched off nothing is kept, and a conversation by name is refused clearly", async () => {
  const kept = await create({});
  gateway.applyConfig({ ...config, stored_responses: { enabled: false } });
  try {
    const heard = await create({});
    expect([heard.status, heard.json.store]).toEqual([200, false]);
    expect((await send(`/v1/responses/${idOf(heard)}`)).status).toBe(404);
    const { status, json } = await create({ previous_response_id: idOf(kept) });
    expect([status, toObject(json.error)]).toEqual([
      400,
      expect.objectContaining({ code: "previous_response_not_found", param: "previous_response_id" }),
    ]);
  } finally {
    gateway.applyConfig(config);
  }
});

test("a WebSocket is answered 426, so that Codex goes over to HTTP at once", async () => {
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "x",
  };
  const { status, json } = await send("/v1/responses", undefined, { headers });
  expect([status, toObject(json.error).code]).toEqual([426, "upgrade_required"]);
  const plain = await send("/v1/responses");
  expect([plain.status, plain.headers.allow]).toEqual([405, "POST"]);
});

test.each<[status: number, param: string | null, body: Json]>([
  [400, "input", { input: [] }],
  [400, "input", { input: 1 }],
  [400, "background", { background: true }],
  [400, "previous_response_id", { previous_response_id: 1 }],
  [404, "model", { model: "nothing" }],
])("%i for %s in %j", async (status, param, body) => {
  const heard = await create(body);
  expect([heard.status, toObject(heard.json.error).param]).toEqual([status, param]);
});
