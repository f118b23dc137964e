import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { call, readEvents, toArray, toObject, type Heard, type Json } from "../../testing/call.ts";
import { messagesClient } from "../../testing/client-dialects.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/*
 * OpenAI encrypts reasoning items for the organisation that asked (openai/codex#9045, T14): the mock answers 400
 * `invalid_encrypted_content` to an item that another key got.
 */

let mock: MockUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  mock = await startMockUpstream();
  const provider = { protocol: "openai-responses" as const, vendor: "openai", base_url: `${mock.url}/openai/v1` };
  gateway = await startTestGateway({
    providers: {
      two: { ...provider, api_keys: ["key-a", "key-b"], models: { "two-keys": { upstream_id: "gpt-5.2" } } },
      one: { ...provider, api_keys: ["key-c"], models: { shared: { upstream_id: "gpt-5.2" } } },
      another: { ...provider, api_keys: ["key-d"], models: { shared: { upstream_id: "gpt-5.2" } } },
      twin: { ...provider, api_keys: ["key-a"], models: { twin: { upstream_id: "gpt-5.2" } } },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await mock.close();
});
beforeEach(() => mock.reset());

const parameters = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };
const question = { role: "user", content: "count to 6 with separate commands" };

/** One turn of Codex': the history, and what the model added to it. */
async function takeTurn(model: string, input: Json[], stream: boolean): Promise<Json[]> {
  const tools = [{ type: "function", name: "exec_command", strict: false, parameters }];
  const include = ["reasoning.encrypted_content"];
  const reasoning = { effort: "high", summary: "auto" };
  const heard: Heard = await call(`${gateway.url}/v1/responses`, {
    body: { model, input, tools, include, reasoning, store: false, stream },
    headers: { authorization: `Bearer ${gateway.key}` },
  }).done;
  expect([heard.status, mock.requests.at(-1)?.refusal]).toEqual([200, undefined]);
  const whole = stream
    ? toObject(readEvents(heard.text).find(({ type }) => type === "response.completed")?.response)
    : heard.json;
  const items = toArray(whole.output).map(toObject);
  expect(items.map(({ type }) => type)).toEqual(["reasoning", "function_call"]);
  return [...input, ...items, { type: "function_call_output", call_id: items[1]?.call_id, output: "done" }];
}

/** The credential of each request that was answered, and how many thoughts came with it. */
const asked = (): Array<[key: unknown, thoughts: number]> =>
  mock.requests
    .filter(({ status }) => status === 200)
    .map(({ headers, body }) => [
      headers.authorization,
      toArray(toObject(body).input).filter((item) => toObject(item).type === "reasoning").length,
    ]);

describe.each([true, false])("stream: %s", (stream) => {
  test("items come back to the credential that got them, byte for byte", async () => {
    let history: Json[] = [question];
    for (let turn = 0; turn < 3; turn++) history = await takeTurn("two-keys", history, stream);
    expect(asked()).toEqual([0, 1, 2].map((thoughts) => ["Bearer key-a", thoughts]));
  });

  test("items of one key are never sent with another, and the session goes on with the key that has its thoughts", async () => {
    const first = await takeTurn("two-keys", [question], stream);
    mock.setFaults({ fault: "status=500", times: 1 });
    const second = await takeTurn("two-keys", first, stream);
    // Well again, the first key would be asked first: but the newest thought is the second one's.
    const third = await takeTurn("two-keys", second, stream);
    await takeTurn("two-keys", third, stream);
    expect(asked()).toEqual([
      ["Bearer key-a", 0],
      ["Bearer key-b", 0],
      ["Bearer key-b", 1],
      ["Bearer key-b", 2],
    ]);
    expect(mock.requests.map(({ status }) => status)).toEqual([200, 500, 200, 200, 200]);
  });

  test("items of one provider are never sent to another; the operator's order of providers stands", async () => {
    const first = await takeTurn("shared", [question], stream);
    mock.setFaults({ fault: "status=500", times: 1 });
    const second = await takeTurn("shared", first, stream);
    await takeTurn("shared", second, stream);
    expect(asked()).toEqual([
      ["Bearer key-c", 0],
      ["Bearer key-d", 0],
      ["Bearer key-c", 1],
    ]);
  });

  test("the same key under another provider's name is the same account", async () => {
    const first = await takeTurn("two-keys", [question], stream);
    await takeTurn("twin", first, stream);
    expect(asked()).toEqual([
      ["Bearer key-a", 0],
      ["Bearer key-a", 1],
    ]);
  });
});

test("the envelope names the credential by a mark, never by itself", async () => {
  const [, thought] = await takeTurn("two-keys", [question], false);
  const [, payload = ""] = String(thought?.encrypted_content).split(".");
  const plain = Buffer.from(payload, "base64url").toString();
  expect(plain).toMatch(/^openai-responses:openai\/gpt-5\.2#[0-9a-f]{12}\n/);
  expect(plain).not.toContain("key-a");
});

test("a Messages client's thoughts are bound alike", async () => {
  const tools = [{ name: "Bash", input_schema: parameters }];
  const fields = { model: "two-keys", max_tokens: 4000, tools, thinking: { type: "adaptive" } };
  const first = await gateway.ask(messagesClient, { ...fields, messages: [question] });
  const content = toArray(first.json.content).map(toObject);
  expect(content.map(({ type }) => type)).toEqual(["thinking", "tool_use"]);
  const result = { type: "tool_result", tool_use_id: content[1]?.id, content: "done" };
  const messages = [question, { role: "assistant", content }, { role: "user", content: [result] }];
  mock.setFaults({ fault: "status=500", times: 1 });
  for (let turn = 0; turn < 2; turn++) {
    const heard = await gateway.ask(messagesClient, { ...fields, messages });
    expect([heard.status, mock.requests.at(-1)?.refusal]).toEqual([200, undefined]);
  }
  expect(asked()).toEqual([
    ["Bearer key-a", 0],
    ["Bearer key-b", 0],
    ["Bearer key-a", 1],
  ]);
});
