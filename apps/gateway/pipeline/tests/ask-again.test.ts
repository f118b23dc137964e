import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { call, readEvents, toArray, toObject, type Heard, type Json } from "../../testing/call.ts";
import { callingClients, type CallingClient } from "../../testing/calling-clients.ts";
import {
  chatChunk,
  startEventStream,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { sessionClients } from "../../testing/session-clients.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/*
 * An answer whose tool calls are of no use is asked for again before the client has seen them: at the same endpoint once,
 * then at the next, in the same open answer if some of it has been shown.
 */

const tools = [
  { name: "Bash", schema: { type: "object", properties: { command: { type: "string" } }, required: ["command"] } },
];

let first: ScriptedUpstream;
let second: ScriptedUpstream;
let gateway: TestGateway;
let answers: string[][];
beforeAll(async () => {
  const start = (): Promise<ScriptedUpstream> =>
    startScriptedUpstream((response) => {
      startEventStream(response);
      for (const event of answers.shift() ?? []) response.write(event);
      response.end("data: [DONE]\n\n");
    });
  first = await start();
  second = await start();
  const model = { pricing: { prompt: 1, completion: 10 } };
  gateway = await startTestGateway({
    providers: {
      first: { protocol: "openai-chat", base_url: first.url, models: { m: model } },
      // So much dearer that no number of useless calls makes it the first.
      second: {
        protocol: "openai-chat",
        base_url: second.url,
        models: { m: { pricing: { prompt: 1000, completion: 10_000 } } },
      },
    },
  });
});
afterEach(() => {
  first.seen.length = 0;
  second.seen.length = 0;
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([first.close(), second.close()]);
});

function answer(pieces: Json[], output: number): string[] {
  const usage = { prompt_tokens: 100, completion_tokens: output, total_tokens: 100 + output };
  return [...pieces.map((piece) => chatChunk(piece)), chatChunk({}, "tool_calls", { usage })];
}

const callOf = (name: string, args: string): Json => ({
  tool_calls: [{ index: 0, id: `call_${"x".repeat(16)}`, type: "function", function: { name, arguments: args } }],
});
const thought = (text: string): Json => ({ reasoning_content: text });
const text = (content: string): Json => ({ content });

async function ask(client: CallingClient, stream: boolean, then: string[][]): Promise<Heard> {
  answers = then;
  return call(gateway.url + client.path("m", stream), {
    body: client.body("m", "list the files", tools, stream),
    headers: { authorization: `Bearer ${gateway.key}` },
  }).done;
}

const bad = callOf("Bash", '{"command":"rm -rf bu');
const good = callOf("Bash", '{"command":"ls"}');

describe.each(callingClients)("$name", (client) => {
  test.each([true, false])("goes on in the same answer, says nothing twice (streamed: %s)", async (stream) => {
    const heard = await ask(client, stream, [
      answer([thought("I should look."), text("I look."), bad], 10),
      answer([thought("So I look."), text("Let me look."), good], 20),
    ]);
    expect(client.calls(heard).map(({ arguments: args }) => args)).toEqual(['{"command":"ls"}']);
    expect(client.text(heard)).toBe(stream ? "I look." : "Let me look.");
    if (stream) expect(client.faults(heard.text)).toEqual([]);
    expect(heard.text).not.toContain("rm -rf");
    expect([first.seen.length, second.seen.length]).toEqual([2, 0]);
    const record = await gateway.generation(heard);
    // The record has all that was used; two answers read the prompt twice.
    expect(record).toMatchObject({ tokens_prompt: 200, tokens_completion: 30, finish_reason: "tool-calls" });
    expect(toArray(record.attempts).map((attempt) => toObject(attempt).outcome)).toEqual(["invalid_tool_call", "ok"]);
    expect(toArray(record.attempts).map((attempt) => toObject(attempt).tokens_completion)).toEqual([10, 20]);
  });

  test("the third time it is asked elsewhere; and then there is an end", async () => {
    const heard = await ask(client, true, [answer([bad], 1), answer([bad], 1), answer([text("Now."), good], 1)]);
    expect(client.calls(heard)).toHaveLength(1);
    expect(client.text(heard)).toBe("Now.");
    expect([first.seen.length, second.seen.length]).toEqual([2, 1]);
    const lost = await ask(client, true, [answer([bad], 1), answer([bad], 1), answer([bad], 1), answer([good], 1)]);
    expect(client.calls(lost)).toEqual([]);
    expect(answers).toHaveLength(1);
    expect(String(client.error(lost)?.message)).toContain("of no use: its arguments are not JSON");
    expect(await gateway.generation(lost)).toMatchObject({ error_code: "upstream_invalid_response" });
  });

  test("what a later attempt fails with is no end as long as nothing of it was shown", async () => {
    const broken = ['data: {"error":{"message":"busy","type":"overloaded_error","code":529}}\n\n'];
    const heard = await ask(client, true, [
      answer([text("I look."), bad], 1),
      broken,
      answer([text("Well:"), good], 1),
    ]);
    expect(client.calls(heard)).toHaveLength(1);
    expect(client.text(heard)).toBe("I look.");
    expect(client.faults(heard.text)).toEqual([]);
  });

  test("one call of several that is of no use takes the others with it, and all are told anew", async () => {
    const two = (args: string): Json => ({
      tool_calls: ['{"command":"pwd"}', args].map((one, index) => ({
        index,
        id: `call_${index}${"x".repeat(16)}`,
        type: "function",
        function: { name: "Bash", arguments: one },
      })),
    });
    const heard = await ask(client, true, [answer([two('{"command":"l')], 1), answer([two('{"command":"ls"}')], 1)]);
    expect(client.calls(heard).map(({ arguments: args }) => args)).toEqual(['{"command":"pwd"}', '{"command":"ls"}']);
  });

  test("a tool that there is not: nearly its name is mended, another is asked for again", async () => {
    const nearly = await ask(client, true, [answer([callOf("functions.bash:0", '{"command":"ls"}')], 1)]);
    expect(client.calls(nearly).map(({ name }) => name)).toEqual(["Bash"]);
    expect(JSON.stringify((await gateway.generation(nearly)).receipt)).toContain("answer.tool_calls.tool-name");
    const other = await ask(client, true, [answer([callOf("Frobnicate", "{}")], 1), answer([good], 1)]);
    expect(client.calls(other).map(({ name }) => name)).toEqual(["Bash"]);
  });

  test("a call that the output limit cuts off is left out: it would be cut off again", async () => {
    const cut = [chatChunk(text("I write.")), chatChunk(bad), chatChunk({}, "length")];
    const heard = await ask(client, true, [cut, answer([good], 1)]);
    expect([client.calls(heard), client.text(heard), answers.length]).toEqual([[], "I write.", 1]);
    expect(client.faults(heard.text)).toEqual([]);
    const record = await gateway.generation(heard);
    expect(record.finish_reason).toBe("length");
    expect(JSON.stringify(record.receipt)).toContain("answer.tool_calls.cut-off-call");
  });

  test("a request without tools is not held to any", async () => {
    const body = client.body("m", "list the files", [], true);
    delete body.tools;
    answers = [answer([text("<tool_call>Bash</tool_call>")], 1)];
    const heard = await call(gateway.url + client.path("m", true), {
      body,
      headers: { authorization: `Bearer ${gateway.key}` },
    }).done;
    expect(client.text(heard)).toBe("<tool_call>Bash</tool_call>");
  });
});

test("what the client is told of the usage is how long its conversation is, and all that was said", async () => {
  const [messages] = callingClients;
  if (messages === undefined) throw new Error("no client");
  const heard = await ask(messages, true, [answer([text("I look."), bad], 10), answer([good], 20)]);
  const end = readEvents(heard.text).find(({ type }) => type === "message_delta");
  expect(end?.usage).toMatchObject({ input_tokens: 100, output_tokens: 30 });
});

describe("sessions of thirty steps with an upstream as bad as the worst, which remembers its thoughts", () => {
  let mock: MockUpstream;
  let session: TestGateway;
  beforeAll(async () => {
    mock = await startMockUpstream({ seed: "bad sessions" });
    session = await startTestGateway({
      providers: {
        moonshot: { protocol: "openai-chat", base_url: `${mock.url}/moonshot/v1`, models: { "kimi-k2-thinking": {} } },
      },
    });
    mock.setFaults("bad=20");
  });
  afterAll(async () => {
    await session.stop();
    await mock.close();
  });

  test.each(sessionClients)(
    "$name",
    async (client) => {
      const model = "kimi-k2-thinking";
      let history = client.begin("count to 30 with one Bash command each");
      for (let step = 1; step <= 30; step++) {
        const heard = await call(session.url + client.path(model), {
          body: client.body(model, history),
          headers: { authorization: `Bearer ${session.key}` },
        }).done;
        const calls = client.calls(heard.json);
        expect({ step, status: heard.status, calls: calls.length, text: heard.text.slice(0, 500) }).toMatchObject({
          status: 200,
          calls: 1,
        });
        expect(heard.text).not.toMatch(/tool_calls_section|arg_key|DSML|tool▁call/);
        history = [...history, ...client.remember(heard.json), ...client.results(calls, String(step))];
      }
    },
    30_000,
  );
});
