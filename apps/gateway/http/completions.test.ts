import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerWell, eventsOf } from "../testing/answer-well.ts";
import { call, readEvents, toArray, toObject, type Heard, type Json } from "../testing/call.ts";
import {
  chatChunk,
  chatCompletion,
  sendJson,
  startEventStream,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../testing/start-test-gateway.ts";

/* The protocol before chat, answered by upstreams that know only chat and Messages. */

let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response, request) => answerWell(response, request, "and that is all"));
  gateway = await startTestGateway({
    providers: {
      chat: { protocol: "openai-chat", base_url: upstream.url, models: { m: {} } },
      messages: { protocol: "anthropic-messages", base_url: upstream.url, models: { claude: {} } },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

const ask = (body: Json, path = "/v1/completions"): Promise<Heard> =>
  call(gateway.url + path, { body: { model: "m", ...body }, headers: { authorization: `Bearer ${gateway.key}` } }).done;

const choiceOf = ({ json }: Heard): Json => toObject(toArray(json.choices)[0]);

describe.each(["m", "claude"])("upstream of %s", (model) => {
  test("a prompt is answered as a text_completion", async () => {
    const heard = await ask({ model, prompt: "once upon a time", max_tokens: 50, stop: "\n" });
    expect([heard.status, heard.json.object, heard.json.model]).toEqual([200, "text_completion", model]);
    expect(heard.json.id).toMatch(/^cmpl-/);
    expect(choiceOf(heard)).toEqual({ text: "and that is all", index: 0, logprobs: null, finish_reason: "stop" });
    expect(heard.json.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 });
    const [message] = toArray(upstream.last().body.messages).map(toObject);
    expect([message?.role, JSON.stringify(message?.content)]).toEqual([
      "user",
      expect.stringContaining("once upon a time"),
    ]);
    expect(await gateway.generation(heard)).toMatchObject({ client_protocol: "openai-chat", status: 200 });
  });

  test("a stream is chunks of text, usage if asked for, and [DONE]", async () => {
    const heard = await ask({
      model,
      prompt: ["once"],
      stream: true,
      echo: true,
      stream_options: { include_usage: true },
    });
    const events = readEvents(heard.text);
    expect(events.at(-1)).toEqual({ done: true });
    const chunks = events.slice(0, -1);
    expect(new Set(chunks.map(({ object }) => object))).toEqual(new Set(["text_completion"]));
    const choices = chunks.map(({ choices: list }) => toObject(toArray(list)[0]));
    expect(choices.map(({ text }) => text ?? "").join("")).toBe("onceand that is all");
    expect(choices.map(({ finish_reason: reason }) => reason).filter(Boolean)).toEqual(["stop"]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 15 } });
  });
});

test("a suffix is told to the model, and echo repeats the prompt", async () => {
  const heard = await ask({ prompt: "def f(", suffix: "return x", echo: true }, "/api/v1/completions");
  expect(choiceOf(heard).text).toBe("def f(and that is all");
  const messages = toArray(upstream.last().body.messages).map(toObject);
  expect(messages.map(({ role }) => role)).toEqual(["system", "user"]);
  expect(messages[0]?.content).toMatch(/return x$/);
  expect(upstream.last().body).not.toHaveProperty("suffix");
});

test("log probabilities become lists, each token with its place", async () => {
  const content = ["Hi", " you"].map((token) => ({
    token,
    logprob: -0.5,
    bytes: null,
    top_logprobs: [{ token, logprob: -0.5, bytes: null }],
  }));
  upstream.answer((response, request) => {
    if (request.body.stream !== true) {
      const whole = chatCompletion("Hi you");
      sendJson(response, 200, {
        ...whole,
        choices: [{ ...toObject(toArray(whole.choices)[0]), logprobs: { content } }],
      });
      return;
    }
    startEventStream(response);
    const [first, second] = content;
    const choice = (token: unknown): Json[] => [
      { index: 0, delta: { content: toObject(token).token }, logprobs: { content: [token] }, finish_reason: null },
    ];
    response.end(
      chatChunk({}, null, { choices: choice(first) }) +
        chatChunk({}, null, { choices: choice(second) }) +
        eventsOf({ path: "/chat/completions" }, "").slice(-2).join(""),
    );
  });
  const fields = { prompt: "x", logprobs: 1, echo: true };
  const whole = await ask(fields);
  expect(upstream.last().body).toMatchObject({ logprobs: true, top_logprobs: 1 });
  expect(choiceOf(whole).logprobs).toEqual({
    tokens: ["Hi", " you"],
    token_logprobs: [-0.5, -0.5],
    top_logprobs: [{ Hi: -0.5 }, { " you": -0.5 }],
    text_offset: [1, 3],
  });
  const streamed = readEvents((await ask({ ...fields, stream: true })).text)
    .map(({ choices }) => toObject(toObject(toArray(choices)[0]).logprobs))
    .filter(({ tokens }) => tokens !== undefined);
  expect(streamed.map(({ tokens, text_offset: offset }) => [tokens, offset])).toEqual([
    [["Hi"], [1]],
    [[" you"], [3]],
  ]);
});

test("an error within a stream and one before it are OpenAI's", async () => {
  upstream.answer((response) => sendJson(response, 400, { error: { message: "no", type: "invalid_request_error" } }));
  for (const stream of [true, false]) {
    const { status, json } = await ask({ prompt: "x", stream });
    expect([status, toObject(json.error).type]).toEqual([400, "invalid_request_error"]);
  }
});

test.each<[field: string, body: Json]>([
  ["prompt", {}],
  ["prompt", { prompt: ["a", "b"] }],
  ["prompt", { prompt: [1, 2] }],
  ["prompt", { prompt: [] }],
  ["n", { prompt: "x", n: 2 }],
  ["best_of", { prompt: "x", best_of: 3 }],
  ["logprobs", { prompt: "x", logprobs: 21 }],
  ["echo", { prompt: "x", echo: "yes" }],
  ["suffix", { prompt: "x", suffix: 1 }],
  ["temperature", { prompt: "x", temperature: "hot" }],
])("%s in %j is refused by name", async (field, body) => {
  const { status, json } = await ask(body);
  expect([status, toObject(json.error).param]).toEqual([400, field]);
});
