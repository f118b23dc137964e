import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import type { MockUpstream } from "../index.ts";
import { post, readEvents } from "../testing/talk.ts";
import type { Heard } from "../testing/talk.ts";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "faults" });
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

const parameters = { type: "object", properties: { cmd: { type: "string" } }, required: ["cmd"] };
const prompt = "count to 3";

function responses(fault: string, text = prompt): Promise<Heard> {
  const body = {
    model: `gpt-5.5+${fault}`,
    input: text,
    tools: [{ type: "function", name: "bash", parameters }],
    reasoning: { summary: "auto" },
    stream: true,
  };
  return post(`${mock.url}/v1/responses`, body);
}

function gemini(fault: string, text = prompt, query = "?alt=sse"): Promise<Heard> {
  const body = {
    contents: [{ role: "user", parts: [{ text }] }],
    tools: [{ functionDeclarations: [{ name: "bash", parametersJsonSchema: parameters }] }],
    generationConfig: { thinkingConfig: { includeThoughts: true } },
  };
  const model = encodeURIComponent(`gemini-3-pro-preview+${fault}`);
  return post(`${mock.url}/v1beta/models/${model}:streamGenerateContent${query}`, body, { "x-goog-api-key": "k" });
}

const chunksOf = (heard: Heard) => readEvents(heard.text);
const partsOf = (chunks: JsonObject[]) =>
  chunks
    .flatMap((chunk) => asArray(chunk.candidates))
    .flatMap((candidate) => asArray(asObject(asObject(candidate).content).parts))
    .map(asObject);
const itemsOf = (events: JsonObject[]) =>
  events.filter((event) => event.type === "response.output_item.done").map((event) => asObject(event.item));

describe.each([
  ["responses", responses],
  ["gemini", gemini],
])("%s", (_, ask) => {
  test("cut, ended and failed in the middle", async () => {
    const whole = chunksOf(await ask("rate=100000"));
    const cut = await ask("cut=3");
    expect([cut.complete, chunksOf(cut).length]).toEqual([false, 3]);
    const ended = await ask("end=3");
    expect([ended.complete, chunksOf(ended)]).toEqual([true, expect.arrayContaining([])]);
    expect(chunksOf(ended)).toHaveLength(3);
    const failed = chunksOf(await ask("error=3,overloaded_error"));
    expect(failed).toHaveLength(4);
    expect(JSON.stringify(failed.at(-1))).toMatch(/server_error|UNAVAILABLE/);
    expect(whole.length).toBeGreaterThan(4);
  });

  test("JSON though a stream was asked for", async () => {
    const heard = await ask("type=json");
    expect(heard.headers["content-type"]).toBe("application/json");
    expect(JSON.stringify(heard.json)).toContain("bash");
  });

  test("refused by status, with the time to wait", async () => {
    const heard = await ask("status=429,7");
    expect([heard.status, heard.headers["retry-after"]]).toEqual([429, "7"]);
    expect(asObject(heard.json.error).message).toEqual(expect.any(String));
  });

  test.each(["sse=crlf", "sse=comments", "sse=no-space", "bytes=7", "unicode"])("%s changes no word", async (fault) => {
    const heard = await ask(fault, "hello");
    expect([heard.status, heard.complete]).toEqual([200, true]);
    expect(heard.text).toContain(fault === "unicode" ? "日本語" : "scripted model");
  });

  test("markup leaks instead of calls", async () => {
    const heard = await ask("leak=glm");
    const text = JSON.stringify(chunksOf(heard));
    expect(text).not.toContain('functionCall"');
    expect(text).not.toContain("function_call_arguments.delta");
    expect(text).toContain("<tool_call>");
  });

  test("usage missing and twice", async () => {
    const count = async (fault: string) =>
      (await ask(fault)).text.split(/"(?:input_tokens|promptTokenCount)"/).length - 1;
    expect([await count("usage=missing"), await count("usage=twice")]).toEqual([0, 2]);
  });
});

describe("responses", () => {
  test("ids missing, doubled and foreign", async () => {
    const ids = async (fault: string) =>
      itemsOf(chunksOf(await responses(fault, "call 2 tools in parallel")))
        .filter((item) => item.type === "function_call")
        .map((item) => item.call_id);
    expect(await ids("calls=no-id")).toEqual([undefined, undefined]);
    expect(new Set(await ids("calls=duplicate-ids")).size).toBe(1);
    expect(await ids("calls=foreign-ids")).toEqual([
      expect.stringMatching(/^toolu_/),
      expect.stringMatching(/^toolu_/),
    ]);
  });

  test("parallel calls interleaved", async () => {
    const events = chunksOf(await responses("calls=interleaved", "call 2 tools in parallel"));
    const order = events
      .filter((event) => event.type === "response.function_call_arguments.delta")
      .map((event) => event.output_index);
    expect(order.slice(0, 4)).toEqual([1, 2, 1, 2]);
  });

  test("a bare error event instead of a failed response", async () => {
    expect(chunksOf(await responses("error=2,error")).at(-1)).toMatchObject({ type: "error", code: "server_error" });
  });

  test("another ending, nothing at all, and more after the end", async () => {
    const last = async (fault: string) => chunksOf(await responses(fault, "hello")).at(-1);
    expect(await last("finish=content_filter")).toMatchObject({
      type: "response.incomplete",
      response: { incomplete_details: { reason: "content_filter" } },
    });
    expect(asObject((await last("empty"))?.response).output).toEqual([]);
    expect(await last("after")).toMatchObject({ type: "response.output_text.delta", delta: " One more thing." });
  });
});

describe("gemini", () => {
  test("as an array, cut it is no JSON, failed it still is", async () => {
    const cut = await gemini("cut=3", prompt, "");
    expect(cut.text.startsWith("[{")).toBe(true);
    expect(() => JSON.parse(cut.text) as unknown).toThrow(SyntaxError);
    const failed = await gemini("error=2,rate_limit_error", prompt, "");
    expect(asObject(asArray(JSON.parse(failed.text)).at(-1)).error).toMatchObject({
      code: 429,
      status: "RESOURCE_EXHAUSTED",
    });
  });

  test("another ending and nothing at all", async () => {
    const candidate = async (fault: string) =>
      asObject(asArray(chunksOf(await gemini(fault, "hello")).at(-1)?.candidates)[0]);
    expect((await candidate("finish=SAFETY")).finishReason).toBe("SAFETY");
    expect(partsOf(chunksOf(await gemini("empty", "hello")))).toEqual([]);
  });

  test("reasoning that comes late", async () => {
    const parts = partsOf(chunksOf(await gemini("late", "hello"))).filter((part) => part.text !== "");
    expect([parts[0]?.thought, parts.at(-1)?.thought]).toEqual([undefined, true]);
  });
});
