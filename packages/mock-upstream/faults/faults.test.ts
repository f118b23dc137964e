import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import type { MockUpstream } from "../index.ts";
import { post, readEvents } from "../testing/talk.ts";
import type { Heard } from "../testing/talk.ts";
import { argumentKinds } from "./fault.ts";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "faults" });
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

const parameters = {
  type: "object",
  properties: { command: { type: "string" }, description: { type: "string" } },
  required: ["command"],
};

function chat(fault: string, prompt = "count to 3", more: JsonObject = {}): Promise<Heard> {
  const tools = [{ type: "function", function: { name: "Bash", parameters } }];
  const body = {
    model: `kimi-k2-thinking+${fault}`,
    messages: [{ role: "user", content: prompt }],
    tools,
    stream: true,
    ...more,
  };
  return post(`${mock.url}/moonshot/v1/chat/completions`, body);
}

function messages(fault: string, prompt = "count to 3", more: JsonObject = {}): Promise<Heard> {
  const tools = [{ name: "Bash", input_schema: parameters }];
  const thinking = { type: "enabled", budget_tokens: 1024 };
  const body = {
    model: `claude-sonnet-4-5+${fault}`,
    max_tokens: 4000,
    thinking,
    messages: [{ role: "user", content: prompt }],
    tools,
    stream: true,
    ...more,
  };
  return post(`${mock.url}/v1/messages`, body);
}

const deltasOf = (events: JsonObject[]) =>
  events.flatMap((event) => asArray(event.choices)).map((choice) => asObject(asObject(choice).delta));

function argumentsOf(heard: Heard): string {
  const calls = deltasOf(readEvents(heard.text))
    .flatMap((delta) => asArray(delta.tool_calls))
    .map(asObject);
  return calls.map((call) => String(asObject(call.function).arguments ?? "")).join("");
}

function contentOf(heard: Heard, field: "content" | "reasoning_content"): string {
  return deltasOf(readEvents(heard.text))
    .map((delta) => String(delta[field] ?? ""))
    .join("");
}

describe("statuses", () => {
  test.each([400, 401, 402, 403, 404, 408, 409, 413, 429, 500, 503, 529])("%i in both protocols", async (code) => {
    const [kimi, claude] = [await chat(`status=${code}`), await messages(`status=${code}`)];
    expect([kimi.status, claude.status]).toEqual([code, code]);
    expect(asObject(kimi.json.error).message).toEqual(expect.any(String));
    expect(claude.json).toMatchObject({
      type: "error",
      error: { type: expect.any(String), message: expect.any(String) },
    });
  });

  test("429 says when to come back, unless told not to", async () => {
    expect((await chat("status=429")).headers["retry-after"]).toBe("1");
    expect((await messages("status=429,30")).headers["retry-after"]).toBe("30");
    expect((await chat("status=429,none")).headers["retry-after"]).toBeUndefined();
  });

  test("502 is a page of HTML", async () => {
    const heard = await messages("status=502");
    expect(heard.status).toBe(502);
    expect(heard.headers["content-type"]).toBe("text/html");
    expect(heard.text).toContain("Bad Gateway");
  });
});

describe("broken connections", () => {
  test("cut before the status line", async () => {
    expect(await chat("cut=start")).toMatchObject({ status: 0, text: "" });
  });

  test("cut after the headers", async () => {
    expect(await chat("cut=headers")).toMatchObject({ status: 200, text: "", complete: false });
  });

  test.each([1, 3, 7])("cut after %i events", async (count) => {
    const heard = await messages(`cut=${count}`);
    expect(readEvents(heard.text)).toHaveLength(count);
    expect(heard.complete).toBe(false);
  });

  test.each([1, 100, 333])("cut after %i bytes", async (count) => {
    const heard = await chat(`cut=${count}b`);
    expect(Buffer.concat(heard.chunks)).toHaveLength(count);
    expect(heard.complete).toBe(false);
  });

  test("a cut that comes too late still cuts", async () => {
    const heard = await chat("cut=9999");
    expect(heard.text).toContain("[DONE]");
    expect(heard.complete).toBe(false);
  });

  test.each(["0%", "30%", "70%", "100%"])("cut after %s of the events: some are sent, some are not", async (share) => {
    const heard = await messages(`cut=${share}`);
    expect(heard.complete).toBe(false);
    expect(heard.text).toContain("message_start");
    expect(heard.text).not.toContain("message_stop");
    const last = readEvents(heard.text).at(-1);
    expect(mock.requests.at(-1)?.cutAfter).toContain(JSON.stringify(last));
    expect(mock.requests.at(-1)?.fault).toEqual({ cut: { at: "share", percent: Number.parseInt(share, 10) } });
  });

  test("a whole answer can be cut too", async () => {
    const heard = await chat("cut=20b", "hello", { stream: false });
    expect(heard).toMatchObject({ status: 200, complete: false });
    expect(heard.text).toHaveLength(20);
  });

  test("a clean end without the terminal events", async () => {
    const heard = await messages("end=4");
    expect(heard.complete).toBe(true);
    expect(readEvents(heard.text)).toHaveLength(4);
    expect(heard.text).not.toContain("message_stop");
  });

  test("the log tells who was cut off", async () => {
    await chat("cut=2");
    expect(mock.requests.at(-1)).toMatchObject({ aborted: true, finished: true });
    await chat("latency=0");
    expect(mock.requests.at(-1)).toMatchObject({ aborted: false, finished: true });
  });
});

describe("waiting", () => {
  test("silence lasts until the client goes", async () => {
    const stop = new AbortController();
    const body = { model: "m+silence=2", messages: [{ role: "user", content: "hello" }], stream: true };
    const response = await fetch(`${mock.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer k" },
      body: JSON.stringify(body),
      signal: stop.signal,
    });
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(Buffer.from(first?.value ?? []).toString()).toContain('"role":"assistant"');
    stop.abort();
    while (!mock.requests.at(-1)?.finished) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(mock.requests.at(-1)?.aborted).toBe(true);
  });

  test("silence of some milliseconds ends by itself; so do the other waits", async () => {
    const heard = await chat("latency=5+ttft=5+silence=2,5+rate=100000");
    expect(heard.complete).toBe(true);
    expect(heard.text).toContain("[DONE]");
  });

  test("close() ends even an endless silence", async () => {
    const other = await startMockUpstream();
    const heard = post(`${other.url}/v1/chat/completions`, {
      model: "m+silence",
      messages: [{ role: "user", content: "hello" }],
      stream: true,
    });
    while (other.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await other.close();
    expect(await heard).toMatchObject({ complete: false });
  });
});

describe("errors inside of a stream", () => {
  test("in both protocols", async () => {
    const kimi = readEvents((await chat("error=2,engine_overloaded_error")).text);
    expect(kimi).toHaveLength(3);
    expect(kimi.at(-1)).toMatchObject({ error: { type: "engine_overloaded_error" } });
    const heard = await messages("error=3");
    expect(heard.text).toContain("event: error\ndata: ");
    expect(readEvents(heard.text).at(-1)).toEqual({
      type: "error",
      error: { type: "overloaded_error", message: "Overloaded" },
    });
    expect(heard.complete).toBe(true);
  });
});

describe("tool calls", () => {
  const right = '{"command":"echo 1","description":"Run echo 1"}';

  test.each<[(typeof argumentKinds)[number], string]>([
    ["trailing-comma", '{"command":"echo 1","description":"Run echo 1",}'],
    ["single-quotes", "{'command':'echo 1','description':'Run echo 1'}"],
    ["truncated", '{"command":"echo 1","description":"Run echo 1'],
    ["wrong-type", '{"command":["echo 1"],"description":["Run echo 1"]}'],
    ["extra-text", `Here are the arguments: ${right} I hope they help.`],
    ["fence", `\`\`\`json\n${right}\n\`\`\``],
    ["unquoted", '{command:"echo 1",description:"Run echo 1"}'],
    ["double-encoded", JSON.stringify(right)],
    ["missing-field", '{"description":"Run echo 1"}'],
    ["unknown-field", '{"command":"echo 1","description":"Run echo 1","mock_unknown_field":true}'],
    ["empty", ""],
    ["object", "{}"],
    ["one", right],
    ["many", right],
  ])("arguments: %s", async (kind, expected) => {
    expect(argumentsOf(await chat(`args=${kind}`))).toBe(expected);
    const deltas = readEvents((await messages(`args=${kind}`)).text).map((event) => asObject(event.delta));
    expect(deltas.map((delta) => delta.partial_json ?? "").join("")).toBe(expected);
  });

  test("one chunk, and 400", async () => {
    const chunks = async (fault: string) =>
      readEvents((await chat(fault)).text).filter((event) => JSON.stringify(event).includes('"tool_calls":[')).length;
    expect(await chunks("args=one")).toBe(1);
    expect(await chunks("args=many")).toBe(401);
  });

  test("duplicate ids, missing ids, interleaved calls", async () => {
    const callsOf = async (fault: string) =>
      deltasOf(readEvents((await chat(fault, "call 3 tools in parallel")).text))
        .flatMap((delta) => asArray(delta.tool_calls))
        .map(asObject);
    const ids = (calls: JsonObject[]) => calls.map((call) => call.id).filter((id) => id !== undefined);
    expect(ids(await callsOf("calls=duplicate-ids"))).toEqual(Array(3).fill("functions.Bash:0"));
    expect(ids(await callsOf("calls=no-id"))).toEqual([]);
    const woven = (await callsOf("calls=interleaved")).map((call) => call.index);
    expect(woven.slice(0, 9)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
  });

  test("markup leaks into the content or the reasoning", async () => {
    const markup = `<|tool_calls_section_begin|><|tool_call_begin|>functions.Bash:0<|tool_call_argument_begin|>${right}<|tool_call_end|><|tool_calls_section_end|>`;
    const content = await chat("leak=content");
    expect(contentOf(content, "content")).toBe(markup);
    expect(content.text).toContain('"finish_reason":"stop"');
    expect(contentOf(await chat("leak=reasoning"), "reasoning_content")).toMatch(
      /^The user asked.*<\|tool_calls_section_end\|>$/s,
    );
    expect(contentOf(await chat("leak=cut"), "content")).toBe(markup.slice(0, Math.floor(markup.length * 0.7)));
    expect(contentOf(await chat("leak=k3"), "content")).toBe(`<|open|>Bash<|sep|>${right}<|close|>`);
  });

  test("a garbled call is still known by its reasoning", async () => {
    const heard = await chat("leak=content", "count to 3", { stream: false });
    const message = asObject(asObject(asArray(heard.json.choices)[0]).message);
    const healed = {
      role: "assistant",
      content: null,
      reasoning_content: message.reasoning_content,
      tool_calls: [{ id: "functions.Bash:0", type: "function", function: { name: "Bash", arguments: right } }],
    };
    const again = (reasoning: unknown) =>
      chat("latency=0", "", {
        messages: [
          { role: "user", content: "count to 3" },
          { ...healed, reasoning_content: reasoning },
          { role: "tool", tool_call_id: "functions.Bash:0", content: "1" },
        ],
      });
    expect((await again(message.reasoning_content)).status).toBe(200);
    expect((await again("something else")).status).toBe(400);
  });
});

describe("odd streams", () => {
  test("reasoning after the calls", async () => {
    const kinds = readEvents((await messages("late")).text)
      .map((event) => asObject(event.content_block).type)
      .filter(Boolean);
    expect(kinds).toEqual(["tool_use", "thinking"]);
    const deltas = deltasOf(readEvents((await chat("late")).text));
    expect(deltas.findIndex((delta) => delta.reasoning_content)).toBeGreaterThan(
      deltas.findIndex((delta) => delta.tool_calls),
    );
  });

  test("usage missing, early, twice", async () => {
    const usages = async (fault: string) => {
      const events = readEvents((await chat(fault, "hello", { stream_options: { include_usage: true } })).text);
      return events.map((event, at) => (event.usage ? at : -1)).filter((at) => at >= 0);
    };
    expect(await usages("usage=missing")).toEqual([]);
    expect(await usages("usage=early")).toEqual([0]);
    expect(await usages("usage=twice")).toHaveLength(2);
    expect((await messages("usage=missing")).text).not.toContain("usage");
    expect(
      readEvents((await messages("usage=twice")).text).filter((event) => event.type === "message_delta"),
    ).toHaveLength(2);
  });

  test("a finish without content, content after the finish, a second beginning, another reason", async () => {
    expect(
      deltasOf(readEvents((await chat("empty")).text))
        .map((delta) => delta.content ?? "")
        .join(""),
    ).toBe("");
    expect((await messages("empty")).text).not.toContain("content_block_start");
    const after = (await chat("after")).text;
    expect(after.indexOf("One more thing.")).toBeGreaterThan(after.indexOf('"finish_reason":"tool_calls"'));
    const types = readEvents((await messages("after")).text).map((event) => event.type);
    expect(types.slice(-5)).toEqual([
      "message_delta",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_stop",
    ]);
    expect(deltasOf(readEvents((await chat("role")).text)).filter((delta) => delta.role).length).toBe(2);
    expect(readEvents((await messages("role")).text).filter((event) => event.type === "message_start")).toHaveLength(2);
    expect((await chat("finish=content_filter")).text).toContain('"finish_reason":"content_filter"');
    expect((await messages("finish=refusal")).text).toContain('"stop_reason":"refusal"');
  });

  test.each(["crlf", "cr", "no-space", "no-final-blank", "comments", "crlf,comments,no-space,no-final-blank"])(
    "sse=%s says the same",
    async (style) => {
      const plain = readEvents((await messages("latency=0")).text);
      const odd = await messages(`sse=${style}`);
      const words = (events: JsonObject[]) =>
        events.map((event) => ({ type: event.type, delta: { ...asObject(event.delta), signature: 0 } }));
      expect(words(readEvents(odd.text))).toEqual(words(plain));
      if (style.includes("comments")) expect(odd.text).toContain(": keep-alive");
      if (style.includes("crlf")) expect(odd.text).toContain("\r\n\r\n");
      if (style.includes("no-space")) expect(odd.text).toContain('data:{"');
      if (style.includes("no-final-blank")) expect(odd.text).not.toMatch(/(\r\n|\n|\r)\1$/);
    },
  );

  test("bytes are split, also inside of a character", async () => {
    const heard = await chat("bytes=7+unicode", "hello");
    const sizes = heard.chunks.map((chunk) => chunk.length);
    expect(sizes.length).toBeGreaterThan(20);
    expect(heard.chunks.some((chunk) => chunk.toString("utf8").includes("\uFFFD"))).toBe(true);
    expect(contentOf(heard, "content")).toContain("日本語, 👩‍🚀");
  });

  test("JSON though a stream was asked for; a stream under another type", async () => {
    const json = await chat("type=json");
    expect(json.headers["content-type"]).toBe("application/json");
    expect(json.json).toMatchObject({ object: "chat.completion" });
    const text = await messages("type=text");
    expect(text.headers["content-type"]).toContain("text/plain");
    expect(readEvents(text.text).at(-1)).toEqual({ type: "message_stop" });
  });

  test("a smaller context window", async () => {
    expect(asObject((await chat("context=20")).json.error).message).toMatch(
      /exceeded model token limit: 20 \(requested: \d+\)/,
    );
    expect(asObject((await messages("context=20")).json.error).message).toMatch(
      /prompt is too long: \d+ tokens > 20 maximum/,
    );
  });
});
