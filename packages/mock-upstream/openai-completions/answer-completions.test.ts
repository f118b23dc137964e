import { afterAll, beforeAll, expect, test } from "vitest";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import type { MockUpstream } from "../index.ts";
import { post, readEvents } from "../testing/talk.ts";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "completions" });
});
afterAll(() => mock.close());

const ask = (body: JsonObject) => post(`${mock.url}/v1/completions`, { model: "mock-chat", ...body });

test("completes one prompt or several, whole and streamed with the same words", async () => {
  const whole = await ask({ prompt: ["hello", "goodbye"], max_tokens: 200 });
  const texts = asArray(whole.json.choices).map((choice) => asObject(choice).text);
  const streamed = await ask({
    prompt: ["hello", "goodbye"],
    max_tokens: 200,
    stream: true,
    stream_options: { include_usage: true },
  });
  const events = readEvents(streamed.text);
  const heard = ["", ""];
  for (const choice of events.flatMap((event) => asArray(event.choices)).map(asObject)) {
    heard[Number(choice.index)] += String(choice.text);
  }
  expect(heard).toEqual(texts);
  expect(texts[1]).toContain('"goodbye"');
  expect(events.at(-2)?.usage).toEqual(whole.json.usage);
});

test("stops at 16 tokens unless told otherwise, and echoes", async () => {
  const { json } = await ask({ prompt: "hello", echo: true });
  const [choice] = asArray(json.choices).map(asObject);
  expect([String(choice?.text).length, choice?.finish_reason]).toEqual(["hello".length + 64, "length"]);
});

test.each([
  ["messages", { messages: [] }],
  ["no prompt", {}],
  ["two answers", { prompt: "x", n: 2 }],
])("%s is refused", async (_, body) => {
  expect((await ask(body)).status).toBe(400);
});
