import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import type { MockUpstream } from "../index.ts";
import { post, readEvents } from "../testing/talk.ts";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "responses" });
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

const tool = {
  type: "function",
  name: "exec_command",
  parameters: { type: "object", properties: { cmd: { type: "string" } }, required: ["cmd"] },
};
const user = (text: string) => ({ type: "message", role: "user", content: text });

async function ask(body: JsonObject): Promise<JsonObject> {
  const heard = await post(`${mock.url}/v1/responses`, { model: "gpt-5.5", ...body });
  expect(heard.json.error ?? null).toBeNull();
  return heard.json;
}

function outputOf(response: unknown): JsonObject[] {
  return asArray(asObject(response).output).map(asObject);
}

/** What a client has heard: the items of `output_item.done`, and the deltas joined. */
function fold(events: JsonObject[]): { items: JsonObject[]; text: string; arguments: string; summary: string } {
  const joined = (type: string) =>
    events
      .filter((event) => event.type === type)
      .map((event) => event.delta)
      .join("");
  return {
    items: events.filter((event) => event.type === "response.output_item.done").map((event) => asObject(event.item)),
    text: joined("response.output_text.delta"),
    arguments: joined("response.function_call_arguments.delta"),
    summary: joined("response.reasoning_summary_text.delta"),
  };
}

function withoutIds(items: JsonObject[]): JsonObject[] {
  return items.map((item) => ({ ...item, id: "", call_id: "", encrypted_content: "" }));
}

test("counts to 3 without state, streamed and not, with the same items", async () => {
  const input: JsonObject[] = [user("count to 3 by calling the tool each time")];
  const commands: unknown[] = [];
  for (;;) {
    const request = {
      input,
      tools: [tool],
      store: false,
      include: ["reasoning.encrypted_content"],
      reasoning: { effort: "high", summary: "auto" },
    };
    const whole = await ask(request);
    const streamed = await post(`${mock.url}/v1/responses`, { model: "gpt-5.5", ...request, stream: true });
    const events = readEvents(streamed.text);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, at) => at));
    const folded = fold(events);
    expect(withoutIds(folded.items)).toEqual(withoutIds(outputOf(whole)));
    expect(outputOf(asObject(events.at(-1)).response)).toEqual(folded.items);
    expect(folded.summary).toMatch(/thought [0-9a-f]{12}/);
    input.push(...folded.items);
    const calls = folded.items.filter((item) => item.type === "function_call");
    expect(folded.arguments).toBe(calls.map((call) => call.arguments).join(""));
    if (calls.length === 0) break;
    for (const call of calls) {
      commands.push(asObject(JSON.parse(String(call.arguments))).cmd);
      input.push({ type: "function_call_output", call_id: call.call_id, output: "ok" });
    }
  }
  expect(commands).toEqual(["echo 1", "echo 2", "echo 3"]);
  expect(mock.requests.slice(2).map((request) => request.prefixOfPrevious)).toEqual([...Array(6)].map(() => true));
});

test("counts to 3 by the id of the response before", async () => {
  let response = await ask({ input: "count to 3", tools: [tool] });
  for (let step = 1; step <= 3; step++) {
    const call = outputOf(response).find((item) => item.type === "function_call");
    expect(call?.arguments).toBe(JSON.stringify({ cmd: `echo ${step}` }));
    const input = [{ type: "function_call_output", call_id: call?.call_id, output: "ok" }];
    response = await ask({ input, tools: [tool], previous_response_id: response.id });
  }
  expect(JSON.stringify(response.output)).toContain("(mock) Done: I counted to 3");
});

test("stored items can be named instead of sent", async () => {
  const first = await ask({ input: "count to 1", tools: [tool] });
  const references = outputOf(first).map((item) => ({ type: "item_reference", id: item.id }));
  const call = outputOf(first).find((item) => item.type === "function_call");
  const output = { type: "function_call_output", call_id: call?.call_id, output: "ok" };
  const second = await ask({ input: [user("count to 1"), ...references, output], tools: [tool] });
  expect(JSON.stringify(second.output)).toContain("(mock) Done");
});

test("Codex's apply_patch is called with the patch as plain text", async () => {
  const tools = [
    tool,
    { type: "custom", name: "apply_patch", format: { type: "grammar", syntax: "lark", definition: "start: /x/" } },
  ];
  const input = [user("create hello.txt containing hi")];
  const streamed = await post(`${mock.url}/v1/responses`, { model: "gpt-5.5", input, tools, stream: true });
  const { items } = fold(readEvents(streamed.text));
  const call = items.find((item) => item.type === "custom_tool_call");
  expect(call).toMatchObject({
    name: "apply_patch",
    input: "*** Begin Patch\n*** Add File: hello.txt\n+hi\n*** End Patch\n",
  });
  const output = { type: "custom_tool_call_output", call_id: call?.call_id, output: "Success." };
  const next = await ask({ input: [...input, ...items, output], tools });
  expect(JSON.stringify(next.output)).toContain("(mock) Done: created hello.txt");
});

test("tools of a namespace are called with it, deferred ones once a search has found them", async () => {
  const spawn = { ...tool, name: "spawn_agent" };
  const tools = [
    tool,
    { type: "namespace", name: "multi_agent", description: "agents", tools: [spawn] },
    {
      type: "tool_search",
      execution: "client",
      parameters: { type: "object", properties: { query: { type: "string" } } },
    },
  ];
  const spawned = await ask({ input: 'call spawn_agent with {"cmd":"x"}', tools });
  expect(outputOf(spawned)).toContainEqual(
    expect.objectContaining({ type: "function_call", name: "spawn_agent", namespace: "multi_agent" }),
  );
  const asked = user('call tool_search with {"query":"weather"}, then call get_weather with {"cmd":"Paris"}');
  const first = await ask({ input: [asked], tools });
  const search = outputOf(first).find((item) => item.type === "tool_search_call");
  expect(search).toMatchObject({ execution: "client", arguments: { query: "weather" } });
  const found = {
    type: "tool_search_output",
    call_id: search?.call_id,
    execution: "client",
    tools: [{ ...tool, name: "get_weather", defer_loading: true }],
  };
  const second = await ask({ input: [asked, ...outputOf(first), found], tools });
  expect(outputOf(second)).toContainEqual(
    expect.objectContaining({ name: "get_weather", arguments: '{"cmd":"Paris"}' }),
  );
});

test("a hosted web search is run and cited", async () => {
  const tools = [{ type: "web_search", external_web_access: true }, tool];
  const answer = await ask({ input: "search the web for blue whales", tools });
  const [search, message] = outputOf(answer).filter((item) => item.type !== "reasoning");
  expect(search).toMatchObject({ type: "web_search_call", action: { type: "search", query: "blue whales" } });
  const part = asObject(asArray(message?.content)[0]);
  const [citation] = asArray(part.annotations).map(asObject);
  expect(String(part.text).slice(Number(citation?.start_index), Number(citation?.end_index))).toBe(citation?.title);
});

test("a compaction carries the task on", async () => {
  const first = await ask({ input: "count to 2", tools: [tool] });
  const call = outputOf(first).find((item) => item.type === "function_call");
  const output = { type: "function_call_output", call_id: call?.call_id, output: "ok" };
  const compacted = await ask({
    input: [user("count to 2"), ...outputOf(first), output, { type: "compaction_trigger" }],
    tools: [tool],
  });
  const [summary, ...others] = outputOf(compacted);
  expect(others).toEqual([]);
  const next = await ask({ input: [summary ?? {}], tools: [tool] });
  expect(JSON.stringify(next.output)).toContain("echo 2");
});

test("input tokens are counted as the answer reports them", async () => {
  const request = { model: "gpt-5.5", input: "hello", tools: [tool] };
  const counted = await post(`${mock.url}/v1/responses/input_tokens`, request);
  const answer = await ask(request);
  expect(counted.json).toEqual({
    object: "response.input_tokens",
    input_tokens: asObject(answer.usage).input_tokens,
  });
});

test("a limit that is too small leaves an incomplete response", async () => {
  const answer = await ask({ input: "think about rain", max_output_tokens: 16 });
  expect(answer).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
});

test("without encrypted content being asked for there is none", async () => {
  const answer = await ask({ input: "hello", store: false });
  expect(outputOf(answer)[0]).toMatchObject({ type: "reasoning", summary: [] });
  expect(outputOf(answer)[0]).not.toHaveProperty("encrypted_content");
});
