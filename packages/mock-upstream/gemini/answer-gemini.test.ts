import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import type { MockUpstream } from "../index.ts";
import { post, readEvents } from "../testing/talk.ts";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "gemini" });
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

const declaration = {
  name: "run_shell_command",
  parametersJsonSchema: { type: "object", properties: { command: { type: "string" } }, required: ["command"] },
};
const tools = [{ functionDeclarations: [declaration] }];
const user = (text: string) => ({ role: "user", parts: [{ text }] });
const thinking = { generationConfig: { thinkingConfig: { includeThoughts: true } } };

const heardOf = (method: string, body: JsonObject, model = "gemini-3-pro-preview", query = "") =>
  post(`${mock.url}/v1beta/models/${model}:${method}${query}`, body, { "x-goog-api-key": "test" });

function partsOf(answer: unknown): JsonObject[] {
  const content = asObject(asObject(asArray(asObject(answer).candidates)[0]).content);
  return asArray(content.parts).map(asObject);
}

function textOf(parts: JsonObject[], thought: boolean): string {
  return parts
    .filter((part) => (part.thought === true) === thought)
    .map((part) => part.text ?? "")
    .join("");
}

test.each(["gemini-3-pro-preview", "gemini-2.5-flash"])(
  "%s counts to 3, whole, as events and as an array, with the same words",
  async (model) => {
    const contents: JsonObject[] = [user("count to 3 by calling the tool each time")];
    const commands: unknown[] = [];
    for (;;) {
      const request = { contents, tools, ...thinking };
      const whole = await heardOf("generateContent", request, model);
      const events = await heardOf("streamGenerateContent", request, model, "?alt=sse");
      const array = await heardOf("streamGenerateContent", request, model);
      expect([whole.status, events.status, array.status]).toEqual([200, 200, 200]);
      expect(array.headers["content-type"]).toBe("application/json; charset=UTF-8");
      const parts = partsOf(whole.json);
      for (const chunks of [readEvents(events.text), JSON.parse(array.text) as unknown[]]) {
        const streamed = chunks.flatMap(partsOf);
        expect(textOf(streamed, true)).toBe(textOf(parts, true));
        expect(textOf(streamed, false)).toBe(textOf(parts, false));
      }
      contents.push({ role: "model", parts: parts.filter((part) => part.thought !== true) });
      const calls = parts.filter((part) => part.functionCall !== undefined).map((part) => asObject(part.functionCall));
      expect(textOf(parts, true)).toMatch(/thought [0-9a-f]{12}/);
      if (calls.length === 0) break;
      commands.push(...calls.map((call) => asObject(call.args).command));
      const answers = calls.map(({ id, name }) => ({
        functionResponse: { ...(id === undefined ? {} : { id }), name, response: { output: "ok" } },
      }));
      contents.push({ role: "user", parts: answers });
    }
    expect(commands).toEqual(["echo 1", "echo 2", "echo 3"]);
    expect(textOf(partsOf({ candidates: [{ content: contents.at(-1) }] }), false)).toContain("(mock) Done");
    expect(mock.requests.slice(3).every((request) => request.prefixOfPrevious)).toBe(true);
  },
);

test("only the first of parallel calls is signed", async () => {
  const { json } = await heardOf("generateContent", { contents: [user("call 3 tools in parallel")], tools });
  const calls = partsOf(json).filter((part) => part.functionCall !== undefined);
  expect(calls.map((part) => part.thoughtSignature !== undefined)).toEqual([true, false, false]);
});

test("thoughts are counted but not shown unless asked for", async () => {
  const { json } = await heardOf("generateContent", { contents: [user("hello")] });
  expect(textOf(partsOf(json), true)).toBe("");
  expect(asObject(json.usageMetadata).thoughtsTokenCount).toBeGreaterThan(0);
});

test("fields may be spelt in snake case", async () => {
  const { status, json } = await heardOf("generateContent", {
    contents: [user("count to 1")],
    system_instruction: { parts: [{ text: "You are a test." }] },
    tools: [
      {
        function_declarations: [
          { name: "run_shell_command", parameters_json_schema: declaration.parametersJsonSchema },
        ],
      },
    ],
    generation_config: { max_output_tokens: 500 },
  });
  expect([status, partsOf(json).some((part) => part.functionCall !== undefined)]).toEqual([200, true]);
});

test("Google's search grounds the answer", async () => {
  const { json } = await heardOf("generateContent", {
    contents: [user("search the web for blue whales")],
    tools: [{ googleSearch: {} }],
  });
  const candidate = asObject(asArray(json.candidates)[0]);
  const grounding = asObject(candidate.groundingMetadata);
  expect(grounding.webSearchQueries).toEqual(["blue whales"]);
  const segment = asObject(asObject(asArray(grounding.groundingSupports)[0]).segment);
  const text = Buffer.from(textOf(partsOf(json), false));
  expect(text.subarray(Number(segment.startIndex), Number(segment.endIndex)).toString()).toBe(segment.text);
});

test("structured answers obey their schema", async () => {
  const { json } = await heardOf("generateContent", {
    contents: [user("hello")],
    generationConfig: {
      responseMimeType: "application/json",
      responseSchema: { type: "OBJECT", properties: { n: { type: "INTEGER" } }, required: ["n"] },
    },
  });
  expect(JSON.parse(textOf(partsOf(json), false))).toEqual({ n: 1 });
});

test("tokens are counted as the answer reports them, for contents alone and for a whole request", async () => {
  const request = { contents: [user("hello")], tools };
  const answer = await heardOf("generateContent", request);
  const whole = await heardOf("countTokens", {
    generateContentRequest: { model: "models/gemini-3-pro-preview", ...request },
  });
  const bare = await heardOf("countTokens", { contents: request.contents });
  expect(whole.json.totalTokens).toBe(asObject(answer.json.usageMetadata).promptTokenCount);
  expect(bare.json.totalTokens).toBeLessThan(Number(whole.json.totalTokens));
});

test("the key may stand in the query, and must stand somewhere", async () => {
  const url = `${mock.url}/v1beta/models/gemini-3-pro-preview:generateContent`;
  const body = { contents: [user("hello")] };
  expect((await post(`${url}?key=test`, body)).status).toBe(200);
  const refused = await post(url, body);
  expect([refused.status, asObject(refused.json.error).status]).toEqual([403, "PERMISSION_DENIED"]);
});
