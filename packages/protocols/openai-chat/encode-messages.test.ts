import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatRequest, Message } from "../model/chat-request.ts";
import type { ContentPart, ReasoningPart, TextPart, ToolResultPart } from "../model/content.ts";
import { createReceipt } from "../receipt.ts";
import { vendorProfiles } from "../vendors/index.ts";
import { encodeFor, requestOf, toolOf } from "./__fixtures__/requests.ts";
import type { WireMessage } from "./wire.ts";

const text = (value: string): TextPart => ({ type: "text", text: value });
const call = (id: string, name = "Bash", args = "{}"): ContentPart => ({
  type: "tool-call",
  id,
  name,
  arguments: args,
});
const result = (callId: string, value: string, over: Partial<ToolResultPart> = {}): ToolResultPart => ({
  type: "tool-result",
  callId,
  content: [text(value)],
  ...over,
});
const user = (...content: ContentPart[]): Message => ({ role: "user", content });
const assistant = (...content: ContentPart[]): Message => ({ role: "assistant", content });
const system = (value: string): Message => ({ role: "system", content: [text(value)] });
const thought = (value: string): ReasoningPart => ({ type: "reasoning", text: value });

function messagesFor(
  vendor: string,
  model: string,
  messages: Message[],
  over: Partial<ChatRequest> = {},
): WireMessage[] {
  return encodeFor(vendor, model, requestOf({ messages, ...over })).body.messages as WireMessage[];
}

const kimi = (...messages: Message[]) => messagesFor("moonshot", "kimi-k2-thinking", messages);

describe("the order of messages", () => {
  test("results stand after their calls, in the order of the calls, before anything else the user said", () => {
    const sent = kimi(
      user(text("go")),
      assistant(thought("t"), text("two"), call("toolu_a", "Read"), call("toolu_b", "Bash")),
      user(text("meanwhile"), result("toolu_b", "B"), result("toolu_a", "A"), text("and")),
    );
    expect(sent.slice(1)).toEqual([
      {
        role: "assistant",
        content: "two",
        reasoning_content: "t",
        tool_calls: [
          { id: "functions.Read:0", type: "function", function: { name: "Read", arguments: "{}" } },
          { id: "functions.Bash:1", type: "function", function: { name: "Bash", arguments: "{}" } },
        ],
      },
      { role: "tool", tool_call_id: "functions.Read:0", content: "A" },
      { role: "tool", tool_call_id: "functions.Bash:1", content: "B" },
      { role: "user", content: "meanwhile\n\nand" },
    ]);
  });

  test("a system message between calls and results comes after the results", () => {
    const sent = kimi(user(text("go")), assistant(call("a")), system("be brief"), user(result("a", "A")));
    expect(sent.map((message) => message.role)).toEqual(["user", "assistant", "tool", "user"]);
    expect(sent[3]?.content).toBe("<system-reminder>\nbe brief\n</system-reminder>");
  });

  test("results spread over several user messages are collected", () => {
    const sent = kimi(
      user(text("go")),
      assistant(call("a"), call("b")),
      user(result("b", "B")),
      user(text("hm"), result("a", "A")),
    );
    expect(sent.map((message) => message.content)).toEqual(["go", null, "A", "B", "hm"]);
  });

  test("assistant messages whose results come together are one message", () => {
    const sent = kimi(
      user(text("go")),
      assistant(call("a")),
      assistant(text("x"), call("b")),
      user(result("a", "A"), result("b", "B")),
    );
    expect(sent.map((message) => message.role)).toEqual(["user", "assistant", "tool", "tool"]);
    expect(sent[1]?.tool_calls?.map((one) => one.id)).toEqual(["functions.Bash:0", "functions.Bash:1"]);
  });

  test("a call without a result is given one, a result without a call becomes text", () => {
    const sent = kimi(
      user(text("go")),
      assistant(call("a"), call("b")),
      user(result("b", "B"), result("zz", "Z")),
      assistant(text("ok")),
      user(text("next")),
    );
    expect(sent.map((message) => [message.role, message.content])).toEqual([
      ["user", "go"],
      ["assistant", null],
      ["tool", "No result was returned."],
      ["tool", "B"],
      ["user", "Result of an earlier tool call:\n\nZ"],
      ["assistant", "ok"],
      ["user", "next"],
    ]);
  });

  test("the same id in several turns is told apart", () => {
    const messages = [
      user(text("go")),
      assistant(call("call_0")),
      user(result("call_0", "1")),
      assistant(call("call_0")),
      user(result("call_0", "2")),
    ];
    const sent = messagesFor("generic", "m", messages);
    const ids = sent.flatMap((message) => message.tool_calls?.map((one) => one.id) ?? []);
    expect(new Set(ids).size).toBe(2);
    expect(sent.filter((message) => message.role === "tool").map((message) => message.tool_call_id)).toEqual(ids);
  });

  test("an id longer than the vendor takes is shortened the same way every time", () => {
    const long = `call_${"x".repeat(60)}`;
    const ids = () =>
      messagesFor("openai", "gpt-5.1", [user(text("go")), assistant(call(long)), user(result(long, "1"))])[1]
        ?.tool_calls?.[0]?.id;
    expect(ids()).toMatch(/^call_[0-9a-f]{24}$/);
    expect(ids()).toBe(ids());
  });
});

describe("content", () => {
  test("text is one string, however the client cuts and marks it", () => {
    const plain = messagesFor("moonshot", "kimi-k2-thinking", [user(text("a"))], { system: [text("s"), text("t")] });
    const marked = messagesFor("moonshot", "kimi-k2-thinking", [user({ ...text("a"), cache: { ttl: "5m" } })], {
      system: [text("s"), { ...text("t"), cache: { ttl: "5m" } }],
    });
    expect(marked).toEqual(plain);
    expect(plain).toEqual([
      { role: "system", content: "s\n\nt" },
      { role: "user", content: "a" },
    ]);
  });

  test("cache marks go to vendors that know them", () => {
    const sent = messagesFor("openrouter", "anthropic/claude", [
      user(text("a"), { ...text("b"), cache: { ttl: "1h" } }),
    ]);
    expect(sent[0]?.content).toEqual([
      { type: "text", text: "a" },
      { type: "text", text: "b", cache_control: { type: "ephemeral", ttl: "1h" } },
    ]);
  });

  test("Claude Code's accounting line is left out", () => {
    const billing = text("x-anthropic-billing-header: cc_version=2.1.330.1f4; cc_entrypoint=sdk-cli;");
    const sent = messagesFor("moonshot", "kimi-k2-thinking", [user(text("a"))], { system: [billing, text("You are")] });
    expect(sent[0]).toEqual({ role: "system", content: "You are" });
  });

  test("a failed tool says so, once", () => {
    const sent = (value: string) =>
      kimi(user(text("go")), assistant(call("a")), user(result("a", value, { isError: true })))[2]?.content;
    expect(sent("no such file")).toBe("Error: no such file");
    expect(sent("Error: no such file")).toBe("Error: no such file");
  });

  test("images of a tool result follow in a user message where the model sees, and are named where it does not", () => {
    const image: ContentPart = { type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAA" } };
    const messages = [
      user(text("go")),
      assistant(call("a", "Read")),
      user(result("a", "", { content: [image] }), text("?")),
    ];
    expect(messagesFor("moonshot", "kimi-k2.6", messages).slice(2)).toEqual([
      { role: "tool", tool_call_id: "functions.Read:0", content: "[image: see the message after the tool results]" },
      {
        role: "user",
        content: [
          { type: "text", text: "Image returned by Read (functions.Read:0):" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
        ],
      },
      { role: "user", content: "?" },
    ]);
    expect(messagesFor("moonshot", "kimi-k2-thinking", messages)[2]?.content).toBe("[image omitted]");
  });

  test("arguments are kept as they are, mended only where they are no object", () => {
    const args = (value: string) =>
      kimi(user(text("go")), assistant(call("a", "Bash", value)), user(result("a", "A")))[1]?.tool_calls?.[0]?.function
        ?.arguments;
    expect(args('{ "a" : 1 }')).toBe('{ "a" : 1 }');
    expect(args("")).toBe("{}");
    expect(args('{"a":')).toBe('{"_raw":"{\\"a\\":"}');
    expect(args("[1]")).toBe('{"_raw":"[1]"}');
  });

  test("empty messages, which vendors refuse, are left out", () => {
    expect(kimi(user(text("")), assistant(), user(text("a"))).map((message) => message.content)).toEqual(["a"]);
  });

  test("losses are on the receipt", () => {
    const receipt = createReceipt();
    encodeFor(
      "deepseek",
      "deepseek-v4-pro",
      requestOf({
        messages: [user({ type: "image", source: { kind: "url", url: "https://x" } }), system("s"), user(text("a"))],
      }),
      { receipt },
    );
    expect(receipt.entries.map((entry) => `${entry.action} ${entry.field}`)).toEqual([
      "dropped messages.image",
      "approximated messages.system",
    ]);
  });
});

describe("replayed reasoning (T3)", () => {
  const turns = [
    user(text("go")),
    assistant(thought(" a\n"), text("x"), thought("b "), call("a")),
    user(result("a", "A")),
    assistant(thought("c"), text("done")),
    user(text("more")),
  ];
  const field = (vendor: string, model: string) =>
    messagesFor(vendor, model, turns)
      .filter((message) => message.role === "assistant")
      .map((message) => message.reasoning_content);

  test("byte for byte, on the turns that the vendor wants", () => {
    expect(field("moonshot", "kimi-k2-thinking")).toEqual([" a\nb ", undefined]);
    expect(field("moonshot", "kimi-k3")).toEqual([" a\nb ", "c"]);
    // MoonshotAI/kimi-cli#2141: an answer without calls, too, once the request has tools.
    expect(field("deepseek", "deepseek-v4-pro")).toEqual([" a\nb ", "c"]);
    expect(field("zai", "glm-5.2")).toEqual([" a\nb ", "c"]);
    expect(field("moonshot", "kimi-k2-0905-preview")).toEqual([undefined, undefined]);
    expect(field("openai", "gpt-5.1")).toEqual([undefined, undefined]);
  });

  test("a space where the vendor demands a thought and nobody knows one", () => {
    const blank = [
      user(text("go")),
      assistant(call("a")),
      user(result("a", "A")),
      assistant(text("done")),
      user(text("more")),
    ];
    const fields = (model: string) =>
      messagesFor("moonshot", model, blank)
        .filter((message) => message.role === "assistant")
        .map((message) => message.reasoning_content);
    expect(fields("kimi-k2-thinking")).toEqual([" ", undefined]);
    expect(fields("kimi-k3")).toEqual([" ", " "]);
    expect(fields("kimi-k2-0711-preview")).toEqual([undefined, undefined]);
  });

  test("native signatures return to where they came from and nowhere else (T15)", () => {
    const { sealer } = encodeFor("openrouter", "x", requestOf({}));
    const signed = (origin: string): Message[] => [
      user(text("go")),
      assistant(
        { ...thought("a"), signature: sealer.seal({ origin, native: "sig" }, "a") },
        { type: "reasoning", text: "", redacted: sealer.seal({ origin, native: "data" }, "") },
        text("x"),
      ),
      user(text("more")),
    ];
    expect(messagesFor("openrouter", "x", signed("test/origin"))[1]).toMatchObject({
      reasoning: "a",
      reasoning_details: [
        { type: "reasoning.text", text: "a", signature: "sig", index: 0 },
        { type: "reasoning.encrypted", data: "data", index: 1 },
      ],
    });
    expect(messagesFor("openrouter", "x", signed("another/origin"))[1]?.reasoning_details).toEqual([
      { type: "reasoning.text", text: "a", index: 0 },
    ]);
  });
});

// A conversation in the form that one request happens to give it: marks move, old turns change between string and parts.
const word = fc.string({ minLength: 1, maxLength: 8 });
const step = fc.record({
  thought: fc.option(word),
  say: fc.option(word),
  calls: fc.array(fc.record({ name: fc.constantFrom("Bash", "Read"), result: word, isError: fc.boolean() }), {
    maxLength: 3,
  }),
  reminder: fc.option(word),
  ask: word,
});
const tools = ["Bash", "Read", "Later", "Never"].map((name) =>
  toolOf(name, { deferred: name.startsWith("Later") || name === "Never" }),
);

interface Step {
  thought: string | null;
  say: string | null;
  calls: Array<{ name: string; result: string; isError: boolean }>;
  reminder: string | null;
  ask: string;
}

function renderTurn(one: Step, turn: number, marked: boolean): Message[] {
  const cache = marked ? { cache: { ttl: "5m" as const } } : {};
  const messages: Message[] = [];
  const content: ContentPart[] = [];
  if (one.thought !== null) content.push(thought(one.thought));
  if (one.say !== null) content.push({ ...text(one.say), ...cache });
  for (const [at, each] of one.calls.entries()) content.push(call(`toolu_${turn}_${at}`, each.name, `{"n":${at}}`));
  if (content.length > 0) messages.push(assistant(...content));
  if (one.reminder !== null) messages.push(system(one.reminder));
  const results = one.calls.map((each, at): ToolResultPart => ({
    ...result(`toolu_${turn}_${at}`, each.result, { isError: each.isError }),
    ...cache,
  }));
  // Split over two messages or in one: Claude Code does both.
  const asked = { ...text(one.ask), ...cache };
  if (results.length === 0) messages.push(user(asked));
  else if (turn % 2 === 0) messages.push(user(...results, asked));
  else messages.push(user(...results), user(asked));
  return messages;
}

test.each([
  ["moonshot", "kimi-k2-thinking"],
  ["moonshot", "kimi-k3"],
  ["deepseek", "deepseek-v4-pro"],
  ["zai", "glm-5.2"],
  ["openai", "gpt-5.1"],
  ["generic", "anything"],
])("what %s %s was sent is a prefix of what it is sent one turn later (T20)", (vendor, model) => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 2, maxLength: 6 }),
      fc.infiniteStream(fc.boolean()),
      fc.nat(),
      (steps, marks, load) => {
        let before = "";
        let toolsBefore = "";
        for (let turns = 1; turns <= steps.length; turns++) {
          const marked = () => marks.next().value === true;
          const messages = [user({ ...text("hello"), ...(marked() ? { cache: { ttl: "5m" as const } } : {}) })];
          for (const [turn, one] of steps.slice(0, turns).entries()) {
            messages.push(...renderTurn(one, turn, marked()));
            if (turn === load % steps.length) {
              messages.push(
                assistant(call(`toolu_s${turn}`, "ToolSearch")),
                user(result(`toolu_s${turn}`, "", { content: [{ type: "tool-reference", name: "Later" }] })),
              );
            }
          }
          const { body } = encodeFor(
            vendor,
            model,
            requestOf({
              messages,
              tools,
              system: [{ ...text("You are"), ...(marked() ? { cache: { ttl: "5m" as const } } : {}) }],
            }),
          );
          const now = JSON.stringify(body.messages).slice(0, -1);
          const toolsNow = JSON.stringify(body.tools).slice(0, -1);
          expect(now.startsWith(before)).toBe(true);
          expect(toolsNow.startsWith(toolsBefore)).toBe(true);
          before = now;
          toolsBefore = toolsNow;
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("every profile's encoder answers each call once, right after it", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 5 }),
      fc.constantFrom(...Object.keys(vendorProfiles)),
      (steps, vendor) => {
        const messages = [user(text("hello")), ...steps.flatMap((one, turn) => renderTurn(one, turn, false))];
        const seen = new Set<string>();
        let open: string[] = [];
        for (const message of messagesFor(vendor, "kimi-k2-thinking", messages)) {
          if (message.role === "tool") expect(message.tool_call_id).toBe(open.shift());
          else {
            expect(open).toEqual([]);
            open = message.tool_calls?.map((one) => one.id) ?? [];
            for (const id of open) expect(seen.has(id)).toBe(false);
            for (const id of open) seen.add(id);
          }
        }
        expect(open).toEqual([]);
      },
    ),
    { numRuns: 100 },
  );
});
