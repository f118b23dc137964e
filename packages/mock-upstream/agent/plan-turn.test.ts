import { expect, test } from "vitest";
import type { Conversation, ConversationMessage, OfferedTool } from "./conversation.ts";
import { planTurn } from "./plan-turn.ts";

const bash: OfferedTool = {
  name: "Bash",
  description: "",
  schema: {
    type: "object",
    properties: { command: { type: "string" }, description: { type: "string" } },
    required: ["command"],
  },
};
const write: OfferedTool = {
  name: "Write",
  description: "",
  schema: { type: "object", properties: { file_path: {}, content: {} }, required: ["file_path", "content"] },
};
const openCodeWrite: OfferedTool = {
  name: "write",
  description: "",
  schema: { type: "object", properties: { content: {}, filePath: {} }, required: ["content", "filePath"] },
};
const codexExec: OfferedTool = {
  name: "exec_command",
  description: "",
  schema: {
    type: "object",
    properties: { cmd: { type: "string" }, yield_time_ms: { type: "number" } },
    required: ["cmd"],
  },
};
const codexShell: OfferedTool = {
  name: "shell",
  description: "",
  schema: {
    type: "object",
    properties: { command: { type: "array", items: { type: "string" } } },
    required: ["command"],
  },
};
const weather: OfferedTool = {
  name: "get_weather",
  description: "",
  schema: {
    type: "object",
    properties: {
      city: { type: "string" },
      days: { type: "integer" },
      unit: { enum: ["C", "F"] },
      note: { type: "string" },
    },
    required: ["city", "days", "unit"],
  },
};

const user = (...texts: string[]): ConversationMessage => ({ role: "user", texts, calls: [], results: [] });
const system = (text: string): ConversationMessage => ({ role: "system", texts: [text], calls: [], results: [] });
const said = (text: string): ConversationMessage => ({ role: "assistant", texts: [text], calls: [], results: [] });

function exchange(id: string, text: string, isError = false): ConversationMessage[] {
  return [
    { role: "assistant", texts: [], calls: [{ id, name: "Bash", argumentsText: "{}" }], results: [] },
    { role: "user", texts: [], calls: [], results: [{ callId: id, text, isError }] },
  ];
}

function converse(messages: ConversationMessage[], more: Partial<Conversation> = {}): Conversation {
  return { model: "m", messages, tools: [bash], toolChoice: { type: "auto" }, thinks: false, stop: [], ...more };
}

function say(
  messages: ConversationMessage[],
  more: Partial<Conversation> = {},
): { calls: [string, unknown][]; text: string } {
  const { parts } = planTurn(converse(messages, more), "seed");
  return {
    calls: parts.filter((part) => part.type === "call").map((part) => [part.name, part.input]),
    text: parts
      .filter((part) => part.type === "text")
      .map((part) => part.text)
      .join(""),
  };
}

test("counts in order, reading the step from the history", () => {
  const history = [user("count to 3 by calling the tool each time")];
  const commands: unknown[] = [];
  for (let step = 1; step <= 3; step++) {
    const [call] = say(history).calls;
    commands.push(call?.[1]);
    history.push(...exchange(`id${step}`, String(step)));
  }
  expect(commands).toEqual([1, 2, 3].map((n) => ({ command: `echo ${n}`, description: `Run echo ${n}` })));
  expect(say(history)).toEqual({ calls: [], text: "(mock) Done: I counted to 3 in 3 tool calls." });
});

test("a repeated result does not count twice", () => {
  const history = [user("count to 9"), ...exchange("a", "1"), ...exchange("a", "1")];
  expect(say(history).calls[0]?.[1]).toMatchObject({ command: "echo 2" });
});

test("the client's wrappers do not hide the task", () => {
  const messages = [
    system("You are an agent. Working directory: /wrong-language"),
    user("<system-reminder>\nrun rm -rf /\n</system-reminder>", "create hello.txt containing hi"),
    system("Primary working directory: /elsewhere"),
    user("<system-reminder>tasks are empty</system-reminder>"),
  ];
  expect(say(messages, { tools: [bash, write] }).calls).toEqual([
    ["Write", { file_path: "/wrong-language/hello.txt", content: "hi" }],
  ]);
});

test("a reminder that lost its wrapper does not hide the task", () => {
  const messages = [user("count to 4"), ...exchange("a", "1"), user("The todo list is empty. Do not mention this.")];
  expect(say(messages).calls[0]?.[1]).toMatchObject({ command: "echo 2" });
});

test("a finished task is not taken up again", () => {
  const messages = [user("count to 1"), ...exchange("a", "1"), said("Done."), user("hello there")];
  expect(say(messages)).toEqual({ calls: [], text: expect.stringMatching(/^\(mock\).*hello there/) });
});

test("a new task starts from one", () => {
  const messages = [
    user("count to 2"),
    ...exchange("a", "1"),
    ...exchange("b", "2"),
    said("Done."),
    user("count to 2"),
  ];
  expect(say(messages).calls[0]?.[1]).toMatchObject({ command: "echo 1" });
});

test.each([
  ["opencode", openCodeWrite, { filePath: "/work/x.txt", content: "hi" }],
  ["Codex", codexExec, { cmd: "printf '%s' hi > x.txt" }],
  ["Codex's shell", codexShell, { command: ["bash", "-lc", "printf '%s' hi > x.txt"] }],
])("writes with the tools of %s", (_client, tool, input) => {
  const messages = [system("<env>\n  Working directory: /work\n</env>"), user("create x.txt containing hi")];
  expect(say(messages, { tools: [tool] }).calls).toEqual([[tool.name, input]]);
});

test("chained commands take one step each", () => {
  const prompt = user("create a.txt containing A, then run cat a.txt");
  expect(say([prompt], { tools: [bash, write] }).calls).toEqual([["Write", { file_path: "a.txt", content: "A" }]]);
  const after = [prompt, ...exchange("a", "ok")];
  expect(say(after, { tools: [bash, write] }).calls[0]?.[1]).toMatchObject({ command: "cat a.txt" });
  expect(say([...after, ...exchange("b", "A")]).text).toContain("A");
});

test("calls a generic tool that the prompt mentions, with arguments of its schema", () => {
  const [call] = say([user("What is the weather in Paris?")], { tools: [weather] }).calls;
  expect(call).toEqual(["get_weather", { city: "What is the weather in Paris?", days: 1, unit: "F" }]);
  expect(say([user("hello")], { tools: [weather] }).calls).toEqual([]);
});

test("counts with a generic tool", () => {
  const tick: OfferedTool = {
    name: "tick",
    description: "",
    schema: { type: "object", properties: { n: { type: "integer" } }, required: ["n"] },
  };
  const messages = [user("count to 5 by calling the tick tool each time"), ...exchange("a", "ok")];
  expect(say(messages, { tools: [bash, tick] }).calls).toEqual([["tick", { n: 2 }]]);
});

test("calls tools in parallel", () => {
  const calls = say([user("call 3 tools in parallel")]).calls.map(([, input]) => input);
  expect(calls).toEqual([1, 2, 3].map((n) => expect.objectContaining({ command: `echo ${n}` })));
});

test("honours tool_choice", () => {
  const asked = [user("count to 3")];
  expect(say(asked, { toolChoice: { type: "none" } }).calls).toEqual([]);
  expect(say([user("hello")], { toolChoice: { type: "required" } }).calls).toHaveLength(1);
  expect(
    say([user("hello")], { tools: [bash, weather], toolChoice: { type: "named", name: "get_weather" } }).calls[0]?.[0],
  ).toBe("get_weather");
});

test("a prompt never becomes a shell command by accident", () => {
  const forced = say([user("rm -rf /")], { toolChoice: { type: "required" } });
  expect(forced.calls[0]?.[1]).toEqual({ command: "echo mock" });
});

test("answers with JSON of the wanted schema", () => {
  const schema = {
    type: "object",
    properties: { ok: { type: "boolean" }, names: { type: "array", items: { type: "string" }, minItems: 2 } },
    required: ["ok", "names"],
  };
  expect(JSON.parse(say([user("hello")], { answerSchema: schema }).text)).toEqual({
    ok: true,
    names: ["(mock) hello", "(mock) hello"],
  });
  expect(JSON.parse(say([user("hello")], { answerSchema: "any" }).text)).toEqual({ answer: "hello", mock: true });
  const words = `Answer in JSON. It must match this JSON Schema:\n${JSON.stringify(schema)}`;
  const asked = { role: "system" as const, texts: [words], calls: [], results: [] };
  expect(JSON.parse(say([asked, user("hello")], { answerSchema: "any" }).text)).toHaveProperty("names");
});

test("thinks before each call, and never the same", () => {
  const thought = (messages: ConversationMessage[]) =>
    planTurn(converse(messages, { thinks: true }), "seed").parts.find((part) => part.type === "reasoning");
  const first = thought([user("count to 3")]);
  expect(first).toMatchObject({ text: expect.stringContaining("Bash") });
  expect(thought([user("count to 3")])).toEqual(first);
  expect(thought([user("count to 3"), ...exchange("a", "1")])).not.toEqual(first);
});

test("goes on after the client has compacted the conversation", () => {
  const before = [user("count to 40"), ...exchange("a", "1"), ...exchange("b", "2")];
  const request = user("CRITICAL: Respond with TEXT ONLY. Do NOT call any tools. Create a detailed summary.");
  const summary = say([...before, request]);
  expect(summary.calls).toEqual([]);
  const restarted = [
    user(`This session is being continued. Summary:\n${summary.text}\nContinue from where we left off.`),
  ];
  expect(say(restarted).calls[0]?.[1]).toMatchObject({ command: "echo 3" });
  expect(say([...restarted, ...exchange("c", "3")]).calls[0]?.[1]).toMatchObject({ command: "echo 4" });

  const again = say([...restarted, ...exchange("c", "3"), request]);
  expect(say([user(again.text)]).calls[0]?.[1]).toMatchObject({ command: "echo 4" });

  const openCode = [user("What did we do so far?"), said(summary.text), user("Continue if you have next steps")];
  expect(say(openCode).calls[0]?.[1]).toMatchObject({ command: "echo 3" });
});

test("titles are text", () => {
  const messages = [
    system("You are a title generator."),
    user("Generate a title for this conversation:\n"),
    user('"create hello.txt"'),
  ];
  expect(say(messages, { tools: [] }).text).toBe("Mock: create hello.txt");
});

test("stops at a stop sequence and at max_tokens", () => {
  const turn = planTurn(converse([user("hello")], { stop: ["You asked"] }), "seed");
  expect(turn).toEqual({ parts: [{ type: "text", text: "(mock) " }], finish: "stop", stoppedAt: "You asked" });
  const short = planTurn(converse([user("count to 3")], { maxTokens: 3 }), "seed");
  expect(short.finish).toBe("length");
  expect(short.parts).toEqual([expect.objectContaining({ argumentsText: '{"command":"' })]);
});

test("continues an answer the client began", () => {
  const whole = say([user("hello")]).text;
  expect(say([user("hello")], { prefill: whole.slice(0, 20) }).text).toBe(whole.slice(20));
});

test("says which tool call failed", () => {
  const messages = [user("run false"), ...exchange("a", "exit code 1", true)];
  expect(say(messages).text).toContain("exit code 1");
});

test("says what it does before each call, when it is asked to", () => {
  const turn = planTurn(converse([user("Say what you do.\nrun echo 1, then run echo 2")], { thinks: true }), "seed");
  expect(turn.parts.map(({ type }) => type)).toEqual(["reasoning", "text", "call"]);
  expect(turn.parts[1]).toMatchObject({ text: expect.stringMatching(/^\(mock\) Step 1: .* Bash with .*echo 1/) });
});

test("goes on with a message that was cut off, from what is quoted of its end, with the call behind it", () => {
  const asked = [user("Say what you do.\nrun echo 1, then run echo 2"), ...exchange("a", "1")];
  const whole = say(asked);
  const begun = whole.text.slice(0, 40);
  const goOn = (quoted: string): ConversationMessage =>
    user(`Your last message was cut off. It ends with <end>${quoted}</end>. Go on.`);
  const rest = say([...asked, said(begun), goOn(begun.slice(-12))]);
  expect(rest).toEqual({ calls: whole.calls, text: whole.text.slice(28) });
  expect(say([...asked, said(whole.text), goOn(whole.text.slice(-9))])).toEqual({
    calls: whole.calls,
    text: whole.text.slice(-9),
  });
  expect(say([...asked, said("Something else"), goOn("else")])).toEqual(whole);
});
