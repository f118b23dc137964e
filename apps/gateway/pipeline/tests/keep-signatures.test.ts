import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readEvents, toArray, toObject, type Heard, type Json } from "../../testing/call.ts";
import { chatClient, messagesClient } from "../../testing/client-dialects.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/*
 * Thoughts and their signatures on their way through a session (T12, T15). The mock of Anthropic refuses every signature
 * that it did not make for that text and model; the mock of Moonshot refuses a call whose thought is missing or another's.
 */

let mock: MockUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  mock = await startMockUpstream();
  gateway = await startTestGateway({
    providers: {
      anthropic: {
        protocol: "anthropic-messages",
        base_url: `${mock.url}/anthropic`,
        models: { "claude-sonnet-4-5": {}, "claude-sonnet-4-6": {} },
      },
      native: {
        protocol: "anthropic-messages",
        vendor: "moonshot",
        base_url: `${mock.url}/moonshot`,
        models: { "kimi-native": { upstream_id: "kimi-k2-thinking" } },
      },
      moonshot: { protocol: "openai-chat", base_url: `${mock.url}/moonshot/v1`, models: { "kimi-k2-thinking": {} } },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await mock.close();
});
beforeEach(() => mock.reset());

const claude = "claude-sonnet-4-5";
const kimi = "kimi-k2-thinking";
const schema = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };
const question = { role: "user", content: "count to 6 with separate commands" };

interface Turn {
  content: Json[];
  heard: Heard;
}

/** One turn of Claude Code's: the history, and what the model added to it. */
async function takeTurn(model: string, messages: Json[], stream: boolean): Promise<Turn> {
  const thinking = model.startsWith("claude") ? { type: "enabled", budget_tokens: 1024 } : { type: "adaptive" };
  const tools = [{ name: "Bash", description: "Runs a command.", input_schema: schema }];
  const heard = await gateway.ask(messagesClient, { model, max_tokens: 4000, messages, tools, thinking, stream });
  expect([heard.status, stream || heard.json.type === "message" ? "" : heard.text]).toEqual([200, ""]);
  return { content: stream ? collectBlocks(heard.text) : toArray(heard.json.content).map(toObject), heard };
}

/** Plays on: each call is answered, and the history goes to the model of the next turn. */
async function play(
  models: readonly string[],
  stream: boolean,
  change = (content: Json[]) => content,
): Promise<Json[]> {
  let messages: Json[] = [question];
  for (const model of models) {
    const { content } = await takeTurn(model, messages, stream);
    const call = content.find((block) => block.type === "tool_use");
    // In the middle of a tool loop Claude cannot begin to think: the last turn would have to begin with its own thought.
    const types = new Set(models).size === 1 ? ["thinking", "tool_use"] : expect.arrayContaining(["tool_use"]);
    expect([model, content.map((block) => block.type)]).toEqual([model, types]);
    const result = { type: "tool_result", tool_use_id: call?.id, content: "done" };
    messages = [...messages, { role: "assistant", content: change(content) }, { role: "user", content: [result] }];
  }
  return messages;
}

function collectBlocks(text: string): Json[] {
  const blocks: Json[] = [];
  for (const event of readEvents(text)) {
    const delta = toObject(event.delta);
    const block = blocks[Number(event.index)];
    if (event.type === "content_block_start") blocks.push({ ...toObject(event.content_block), partial: "" });
    else if (block === undefined) continue;
    else if (delta.type === "thinking_delta") block.thinking = String(block.thinking) + String(delta.thinking);
    else if (delta.type === "signature_delta") block.signature = delta.signature;
    else if (delta.type === "input_json_delta") block.partial = String(block.partial) + String(delta.partial_json);
  }
  return blocks.map(({ partial, ...block }) =>
    block.type === "tool_use" ? { ...block, input: JSON.parse(String(partial)) as unknown } : block,
  );
}

/** The thinking blocks that the newest request brought to Anthropic. */
function thoughtsSent(): Json[] {
  const messages = toArray(toObject(mock.requests.at(-1)?.body).messages).map(toObject);
  return messages
    .flatMap(({ content }) => toArray(content).map(toObject))
    .filter(({ type }) => /thinking/.test(String(type)));
}

describe.each([true, false])("stream: %s", (stream) => {
  test("Claude's own signatures come back to it, byte for byte, turn after turn", async () => {
    const messages = await play([claude, claude, claude], stream);
    await takeTurn(claude, messages, stream);
    expect(thoughtsSent()).toHaveLength(3);
    expect(mock.requests.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  test("Kimi's thoughts come back to it, turn after turn", async () => {
    await play([kimi, kimi, kimi, kimi], stream);
    const messages = toArray(toObject(mock.requests.at(-1)?.body).messages).map(toObject);
    expect(
      messages.filter((message) => typeof message.reasoning_content === "string" && message.reasoning_content !== ""),
    ).toHaveLength(3);
  });

  test("Kimi's Messages endpoint gets its unsigned thoughts back, and no envelope of ours", async () => {
    await play(["kimi-native", "kimi-native", "kimi-native"], stream);
    const sent = thoughtsSent();
    expect(sent).toHaveLength(2);
    expect(JSON.stringify(sent)).not.toContain("or1.");
    expect(mock.requests.map(({ status, refusal }) => refusal ?? status)).toEqual([200, 200, 200]);
  });

  test("a session that changes between Kimi and Claude is refused by neither (opencode-antigravity-auth#69)", async () => {
    await play([kimi, claude, kimi, claude, claude], stream);
    expect(mock.requests.map(({ status, refusal }) => refusal ?? status)).toEqual([200, 200, 200, 200, 200]);
    // Back at Kimi its thought of before is there, word for word.
    const [first] = toArray(toObject(mock.requests[2]?.body).messages)
      .map(toObject)
      .filter(({ role }) => role === "assistant");
    expect(first?.reasoning_content).toMatch(/^The user asked: .* Step 1: /);
    expect(thoughtsSent().length).toBeLessThanOrEqual(2);
  });

  test("a signature of one Claude model does not reach another", async () => {
    await play([claude, "claude-sonnet-4-6", claude], stream);
    expect(mock.requests.map(({ status, refusal }) => refusal ?? status)).toEqual([200, 200, 200]);
  });

  const foreign = "EqoBCkYIBRgCKkBfb3JlaWdu".repeat(4);
  test.each<[name: string, change: (block: Json) => Json]>([
    ["a foreign signature", (block) => ({ ...block, signature: foreign })],
    ["an empty signature", (block) => ({ ...block, signature: "" })],
    ["no signature", ({ signature: _signature, ...block }) => block],
    ["an altered thought", (block) => ({ ...block, thinking: `${String(block.thinking)} And more.` })],
    [
      "an altered envelope",
      // Its second part begins after a dot; the last letter of base64 has bits that count for nothing.
      (block) => ({
        ...block,
        signature: String(block.signature).replace(/(?<=\.)./, (one) => (one === "A" ? "B" : "A")),
      }),
    ],
    ["half an envelope", (block) => ({ ...block, signature: String(block.signature).slice(0, 40) })],
    ["a native signature without an envelope", (block) => ({ ...block, signature: "or1.x.y" })],
    ["a redacted thought of somebody else", () => ({ type: "redacted_thinking", data: foreign })],
  ])("%s never reaches Claude", async (_name, change) => {
    const alter = (content: Json[]): Json[] =>
      content.map((block) => (block.type === "thinking" ? change(block) : block));
    // Thinking is switched off for the turn after: Anthropic wants a thought before the last call otherwise.
    const messages = await play([claude], stream, alter);
    const tools = [{ name: "Bash", input_schema: schema }];
    const heard = await gateway.ask(messagesClient, { model: claude, max_tokens: 4000, messages, tools, stream });
    expect([heard.status, mock.requests.at(-1)?.refusal]).toEqual([200, undefined]);
    expect(thoughtsSent()).toEqual([]);
  });
});

test("redacted thoughts come back as they were", async () => {
  mock.setFaults({ fault: "redacted", times: 1 });
  const first = await takeTurn(claude, [question], false);
  const [redacted, call] = first.content;
  expect([redacted?.type, call?.type]).toEqual(["redacted_thinking", "tool_use"]);
  const result = { type: "tool_result", tool_use_id: call?.id, content: "done" };
  await takeTurn(
    claude,
    [question, { role: "assistant", content: first.content }, { role: "user", content: [result] }],
    true,
  );
  expect(thoughtsSent().map(({ type }) => type)).toEqual(["redacted_thinking"]);
});

test("a chat client's reasoning_details bring Claude its signature back", async () => {
  const tools = [{ type: "function", function: { name: "Bash", description: "Runs a command.", parameters: schema } }];
  const fields = { model: claude, max_tokens: 4000, tools, reasoning: { max_tokens: 1024 } };
  const first = await gateway.ask(chatClient, { ...fields, messages: [question] });
  const message = toObject(toObject(toArray(first.json.choices)[0]).message);
  const call = toObject(toArray(message.tool_calls)[0]);
  const messages = [question, message, { role: "tool", tool_call_id: call.id, content: "done" }];
  const second = await gateway.ask(chatClient, { ...fields, messages });
  expect([second.status, mock.requests.at(-1)?.refusal]).toEqual([200, undefined]);
  expect(thoughtsSent()).toHaveLength(1);
});
