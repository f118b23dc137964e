import { afterAll, beforeAll, expect, test } from "vitest";
import { call, toArray, type Json } from "../../testing/call.ts";
import { callingClients } from "../../testing/calling-clients.ts";
import {
  chatChunk,
  startEventStream,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/*
 * Nothing is mended that is right: arguments that are JSON and keep to their schema reach the client as the very text that
 * the model wrote, however odd it is, and text that talks about markup stays text.
 */

const raw = String.raw;

/** Values of one field, as JSON texts that JSON.stringify would not write. */
const values: readonly string[] = [
  '""',
  raw`"\u0041\/\b\f\n\r\t\"\\"`,
  raw`"\ud83d\udc69\u200d\ud83d\ude80 é"`,
  '"it\'s; `x` $HOME && {a: 1,}"',
  '"<|tool_call_end|></tool_call><｜tool▁call▁end｜>"',
  '"<|tool_calls_section_begin|><|tool_call_begin|>functions.run:0<|tool_call_argument_begin|>{}"',
  raw`"\`\`\`json\n{\"a\":1}\n\`\`\`"`.replaceAll("\\`", "`"),
  "12345678901234567890",
  "-0",
  "1.10",
  "1E+400",
  "0.30000000000000004",
  "[ ]",
  "[1 ,\t2,\n[null, true,false]]",
  '{"": {"__proto__": {"constructor": []}}}',
  '{"a":1,"a":2}',
  `${"[".repeat(40)}${"]".repeat(40)}`,
  '"{\\"double\\": \\"encoded\\"}"',
  '"5"',
  '"null"',
  "null",
  `"${"long ".repeat(400)}"`,
];
const frames: ReadonlyArray<(value: string) => string> = [
  (value) => `{"value":${value}}`,
  (value) => `{ "value" :\n  ${value} }`,
  (value) => raw`{"v\u0061lue":${value},"more":${value}}`,
  (value) => `{"more":[${value}],\t"value":${value}}\n`,
];
const texts = Array.from({ length: 1_000 }, (_, number) => {
  const frame = frames[number % frames.length];
  return frame?.(values[Math.floor(number / frames.length) % values.length] ?? "1") ?? "";
});
const prose =
  "Look: `<tool_call>` opens a call of run, as in\n```\n<tool_call>run\n</tool_call>\n```\nand <run> does not. a < b || c > d <|x|>";

const perAnswer = 4;
const schema: Json = {
  type: "object",
  properties: { value: {}, more: {} },
  required: ["value"],
  additionalProperties: false,
};

/** Cuts a text into pieces of lengths that differ from place to place. */
function cut(text: string, seed: number): string[] {
  const characters = [...text];
  const pieces: string[] = [];
  for (let at = 0, step = seed; at < characters.length; step = (step * 31 + 7) % 101) {
    const length = 1 + (step % 17);
    pieces.push(characters.slice(at, at + length).join(""));
    at += length;
  }
  return pieces;
}

let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response, { body }) => {
    const first = Number(/from (\d+)/.exec(JSON.stringify(body.messages))?.[1]);
    startEventStream(response);
    for (const content of cut(prose, first + 3)) response.write(chatChunk({ content }));
    for (let index = 0; index < perAnswer; index++) {
      const id = `call_${"abcdefgh".repeat(2)}${first + index}`;
      response.write(
        chatChunk({ tool_calls: [{ index, id, type: "function", function: { name: "run", arguments: "" } }] }),
      );
      for (const piece of cut(texts[first + index] ?? "", first + index + 1)) {
        response.write(chatChunk({ tool_calls: [{ index, function: { arguments: piece } }] }));
      }
    }
    response.write(
      chatChunk({}, "tool_calls", { usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } }),
    );
    response.end("data: [DONE]\n\n");
  });
  gateway = await startTestGateway({
    providers: {
      moonshot: { protocol: "openai-chat", base_url: upstream.url, models: { "kimi-k2-0905-preview": {} } },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

test("a thousand odd calls of a good upstream, to the byte, and nothing is counted", async () => {
  let calls = 0;
  for (let first = 0; first < texts.length; first += perAnswer) {
    const client = callingClients[(first / perAnswer) % callingClients.length];
    if (client === undefined) throw new Error("no client");
    const heard = await call(gateway.url + client.path("kimi-k2-0905-preview", true), {
      body: client.body("kimi-k2-0905-preview", `from ${first}`, [{ name: "run", schema }], true),
      headers: { authorization: `Bearer ${gateway.key}` },
    }).done;
    const got = client.calls(heard).map(({ arguments: text }) => text);
    const sent = texts.slice(first, first + perAnswer);
    // Gemini has objects where the others have texts.
    expect(got).toEqual(client.name === "gemini" ? sent.map((text) => JSON.stringify(JSON.parse(text))) : sent);
    expect(client.text(heard)).toBe(prose);
    expect(client.faults(heard.text)).toEqual([]);
    calls += got.length;
    if (first % 100 === 0) {
      const { receipt } = await gateway.generation(heard);
      expect(JSON.stringify(toArray(receipt))).not.toContain("answer.tool_calls");
    }
  }
  expect(calls).toBe(1_000);
  const { text } = await gateway.get("/metrics");
  expect(text).not.toMatch(/^onerouter_tool_call_mendings_total\{/m);
  expect(text).toMatch(/^onerouter_tool_calls_total\{outcome="fine",.*\} 1000$/m);
  expect(text).not.toMatch(/^onerouter_tool_calls_total\{outcome="(mended|hopeless)"/m);
}, 60_000);
