import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkEvents } from "../grammar/check-events.ts";
import { createAnswerAccumulator } from "../model/chat-answer.ts";
import type { ChatEvent } from "../model/chat-event.ts";
import type { AnswerPart } from "../model/content.ts";
import type { Tool } from "../model/tool.ts";
import { noUsage } from "../model/usage.ts";
import { healMarkup } from "./heal-markup.ts";
import { createKnownTools } from "./known-tools.ts";

const tools: Tool[] = [
  {
    kind: "function",
    name: "Bash",
    parameters: {
      type: "object",
      properties: {
        command: { type: "string" },
        timeout: { type: "number" },
        env: { type: "object" },
        background: { type: ["boolean", "null"] },
        shell: { $ref: "#/$defs/shell" },
      },
      required: ["command"],
      $defs: { shell: { enum: ["sh", "bash"] } },
    },
  },
  { kind: "function", name: "list_files", parameters: { type: "object", properties: {} } },
  { kind: "function", name: "spawn", namespace: "agents", parameters: { type: "object" } },
  { kind: "custom", name: "apply_patch" },
];
const origins = new Map([
  ["agents__spawn", { name: "spawn", namespace: "agents" }],
  ["apply_patch", { name: "apply_patch", custom: true }],
]);
const known = createKnownTools(tools, origins);

interface Healed {
  events: ChatEvent[];
  parts: AnswerPart[];
  finishReason: string;
  leaks: string[];
}

/** Sends the pieces of one block of text or thought through the filter. */
function heal(pieces: readonly string[], type: "text" | "reasoning" = "text"): Healed {
  const events: ChatEvent[] = [];
  const leaks: string[] = [];
  let ids = 0;
  const filter = healMarkup(
    { tools: known, newId: (prefix) => `${prefix}${ids++}`, onLeak: (dialect) => leaks.push(dialect) },
    (event) => events.push(event),
  );
  filter({ type: "start", id: "a", model: "m" });
  filter({ type: "block-start", index: 0, block: { type } });
  for (const text of pieces) if (text !== "") filter({ type: "block-delta", index: 0, text });
  filter({ type: "block-stop", index: 0 });
  filter({ type: "finish", reason: "stop", usage: noUsage });
  const accumulator = createAnswerAccumulator();
  for (const event of events) accumulator.add(event);
  const { parts, finishReason } = accumulator.answer();
  return { events, parts, finishReason, leaks };
}

/** Every way to cut a text in two, and in single characters. */
function* splits(text: string): Generator<string[]> {
  yield [text];
  yield text.split("");
  for (let at = 1; at < text.length; at++) yield [text.slice(0, at), text.slice(at)];
}

const call = (name: string, args: string, index = 0): AnswerPart => ({
  type: "tool-call",
  id: `call_${index}`,
  name,
  arguments: args,
});
const text = (value: string): AnswerPart => ({ type: "text", text: value });

const bash = '{"command":"ls -l > out && echo \\"<b>\\"","timeout":5}';

interface Leak {
  name: string;
  markup: string;
  parts: AnswerPart[];
}

const kimiCall = (name: string, args: string): string =>
  `<|tool_call_begin|>functions.${name}:0<|tool_call_argument_begin|>${args}<|tool_call_end|>`;
const kimiSection = (...calls: string[]): string =>
  `<|tool_calls_section_begin|>${calls.join("")}<|tool_calls_section_end|>`;

const leaks: Leak[] = [
  { name: "Kimi K2", markup: kimiSection(kimiCall("Bash", bash)), parts: [call("Bash", bash)] },
  { name: "Kimi K2 without its section", markup: kimiCall("Bash", bash), parts: [call("Bash", bash)] },
  {
    name: "Kimi K2, two calls with blanks",
    markup: kimiSection(`\n${kimiCall("Bash", bash)}`, ` ${kimiCall("list_files", "{}")}\n`),
    parts: [call("Bash", bash), call("list_files", "{}", 1)],
  },
  {
    name: "Kimi K2, its own end marker in a value",
    markup: kimiCall("Bash", '{"command":"echo <|tool_call_end|>"}'),
    parts: [call("Bash", '{"command":"echo <|tool_call_end|>"}')],
  },
  {
    name: "Kimi K2, a name without prefix, in lower case",
    markup: `<|tool_call_begin|>bash<|tool_call_argument_begin|>{"command":"ls"}<|tool_call_end|>`,
    parts: [call("Bash", '{"command":"ls"}')],
  },
  {
    name: "Kimi K3 (can1357/oh-my-pi#8495)",
    markup:
      '<|open|>tools<|sep|><|open|>call tool="Bash" index="1"<|sep|><|open|>argument key="command" type="string"<|sep|>ls "x"<|close|>argument<|sep|><|open|>argument key="timeout" type="number"<|sep|>5<|close|>argument<|sep|><|close|>call<|sep|><|close|>tools<|sep|>',
    parts: [call("Bash", '{"command":"ls \\"x\\"","timeout":5}')],
  },
  {
    name: "Kimi K3 with lost brackets",
    markup:
      '<|open|>toolscall tool="Bash" index="1"<|sep|><|open|>argument key="command" type="string"<|sep|>src/argument<|sep|><|close|>call<|sep|><|close|>toolsmessage<|sep|>',
    parts: [call("Bash", '{"command":"src/"}')],
  },
  {
    name: "Kimi K3, arguments as JSON",
    markup:
      '<|open|>tools<|sep|><|open|>call tool="Bash"<|sep|><|open|>json type="object"<|sep|>{"command":"ls"}<|close|>json<|sep|><|close|>call<|sep|><|close|>tools<|sep|>',
    parts: [call("Bash", '{"command":"ls"}')],
  },
  {
    name: "Kimi K3, name and JSON only",
    markup: '<|open|>Bash<|sep|>{"command":"ls"}<|close|>',
    parts: [call("Bash", '{"command":"ls"}')],
  },
  {
    name: "GLM",
    markup:
      "<tool_call>Bash\n<arg_key>command</arg_key>\n<arg_value>echo 1\necho </tool_call></arg_value>\n<arg_key>timeout</arg_key><arg_value>5</arg_value>\n</tool_call>",
    parts: [call("Bash", '{"command":"echo 1\\necho </tool_call>","timeout":5}')],
  },
  {
    name: "GLM, types from the schema",
    markup:
      '<tool_call>Bash<arg_key>command</arg_key><arg_value>12</arg_value><arg_key>env</arg_key><arg_value>{"a":"1"}</arg_value><arg_key>background</arg_key><arg_value>true</arg_value><arg_key>shell</arg_key><arg_value>sh</arg_value></tool_call>',
    parts: [call("Bash", '{"command":"12","env":{"a":"1"},"background":true,"shell":"sh"}')],
  },
  { name: "GLM without arguments", markup: "<tool_call>list_files\n</tool_call>", parts: [call("list_files", "{}")] },
  {
    name: "Hermes and Qwen",
    markup: `<tool_call>\n{"name": "Bash", "arguments": ${bash}}\n</tool_call>\n<tool_call>\n{"name":"list_files","arguments":{}}\n</tool_call>`,
    parts: [call("Bash", bash), call("list_files", "{}", 1)],
  },
  {
    name: "Qwen3-Coder",
    markup:
      "<tool_call>\n<function=Bash>\n<parameter=command>\necho 1\n\necho 2\n</parameter>\n<parameter=timeout>\n5\n</parameter>\n</function>\n</tool_call>",
    parts: [call("Bash", '{"command":"echo 1\\n\\necho 2","timeout":5}')],
  },
  {
    name: "Qwen3-Coder without its tag",
    markup: "<function=Bash><parameter=command>ls</parameter></function></tool_call>",
    parts: [call("Bash", '{"command":"ls"}')],
  },
  {
    name: "DeepSeek V3",
    markup: `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>Bash\n\`\`\`json\n${bash}\n\`\`\`<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>list_files\n\`\`\`json\n{}\n\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
    parts: [call("Bash", bash), call("list_files", "{}", 1)],
  },
  {
    name: "DeepSeek V3.1",
    markup: `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>Bash<｜tool▁sep｜>${bash}<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
    parts: [call("Bash", bash)],
  },
  {
    name: "DeepSeek V3.2",
    markup:
      '<｜DSML｜function_calls>\n<｜DSML｜invoke name="Bash">\n<｜DSML｜parameter name="command" string="true">echo <b></｜DSML｜parameter>\n<｜DSML｜parameter name="timeout" string="false">5</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
    parts: [call("Bash", '{"command":"echo <b>","timeout":5}')],
  },
  {
    name: "DeepSeek V3.2, arguments as JSON, ASCII bars",
    markup: '<|DSML|tool_calls><|DSML|invoke name="Bash">\n{"command":"ls"}\n</|DSML|invoke></|DSML|tool_calls>',
    parts: [call("Bash", '{"command":"ls"}')],
  },
  {
    name: "MiniMax",
    markup:
      '<minimax:tool_call>\n<invoke name="Bash">\n<parameter name="command">ls</parameter>\n<parameter name="timeout">5</parameter>\n</invoke>\n<invoke name="list_files">\n</invoke>\n</minimax:tool_call>',
    parts: [call("Bash", '{"command":"ls","timeout":5}'), call("list_files", "{}", 1)],
  },
  {
    name: "a tool of a namespace, called without it",
    markup: '<function_calls><invoke name="spawn"><parameter name="a">b</parameter></invoke></function_calls>',
    parts: [{ type: "tool-call", id: "call_0", name: "spawn", namespace: "agents", arguments: '{"a":"b"}' }],
  },
  {
    name: "a free-text tool that was shown as a function",
    markup: kimiCall("apply_patch", '{"input":"*** Begin\\n"}'),
    parts: [{ type: "tool-call", id: "call_0", name: "apply_patch", custom: true, arguments: "*** Begin\n" }],
  },
];

describe.each(leaks)("leaked: $name", ({ markup, parts }) => {
  test.each([
    { place: "alone", before: "", after: "", shown: (calls: AnswerPart[]) => calls },
    {
      place: "behind and before text",
      before: "I look <at> it:\n\n",
      after: "Done < here.",
      shown: (calls: AnswerPart[]) => [text("I look <at> it:\n\n"), ...calls, text("Done < here.")],
    },
    { place: "behind blanks", before: "\n\n", after: "\n", shown: (calls: AnswerPart[]) => calls },
  ])("$place, cut anywhere", ({ before, after, shown }) => {
    for (const pieces of splits(before + markup + after)) {
      const healed = heal(pieces);
      expect(healed.parts).toEqual(shown(parts));
      expect(checkEvents(healed.events)).toEqual([]);
      expect(healed.finishReason).toBe("tool-calls");
      expect(healed.leaks).toHaveLength(parts.length);
    }
  });

  test("within a thought", () => {
    for (const pieces of splits(`I think.${markup}`)) {
      expect(heal(pieces, "reasoning").parts).toEqual([{ type: "reasoning", text: "I think." }, ...parts]);
    }
  });

  test("written about in a code fence or span: untouched", () => {
    for (const prose of [`So:\n\`\`\`\n${markup}\n\`\`\`\nThat is all.`, `Say \`${markup.replaceAll("\n", " ")}`]) {
      if (prose.includes("```json")) continue;
      for (const pieces of splits(prose)) expect(heal(pieces).parts).toEqual([text(prose)]);
    }
  });

  test("calling no tool of the request: untouched", () => {
    const foreign = markup.replaceAll(/Bash|bash|list_files|spawn|apply_patch/g, "Frobnicate");
    for (const pieces of splits(foreign)) {
      const healed = heal(pieces);
      expect(healed.parts).toEqual([text(foreign)]);
      expect([healed.leaks, healed.finishReason]).toEqual([[], "stop"]);
    }
  });

  test("broken off anywhere: a call that is the whole one's, or broken JSON, or text as it came", () => {
    for (let length = 1; length < markup.length; length++) {
      const cut = markup.slice(0, length);
      const whole = heal([cut]);
      expect(checkEvents(whole.events)).toEqual([]);
      expect(heal(cut.split("")).parts).toEqual(whole.parts);
      const [first, ...others] = whole.parts;
      if (others.length > 0 || first?.type !== "tool-call") continue;
      const expected = parts[0]?.type === "tool-call" ? parts[0].arguments : "";
      if (isJson(first.arguments)) expect(JSON.parse(first.arguments)).toEqual(JSON.parse(expected));
    }
  });
});

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

const innocent = [
  "",
  "a < b and c > d",
  "<",
  "<|",
  "<tool",
  "<tool_call",
  "<tool_call>",
  "<tool_call>\n",
  "<|tool_calls_section_begin|>",
  "<|tool_call_begin|>",
  "<｜tool▁calls▁begin｜>",
  "<div><table><tr>…</table></div>",
  'Use <invoke name="other"> there.',
  '<tool_call>\n{"name": "other", "arguments": {}}\n</tool_call>',
  '<tool_call>{"arguments": {}}</tool_call>',
  "The tag <function=…> opens a call of Bash.",
  "\n\n  \n",
  "`<tool_call>` begins a call, `</tool_call>` ends it: Bash",
  "<|open|>response<|sep|>Hello",
  `<tool_call>${" ".repeat(600)}Bash</tool_call>`,
];

test.each(innocent)("text that only looks like markup goes through: %j", (prose) => {
  for (const pieces of splits(prose)) {
    const healed = heal(pieces);
    expect(healed.parts).toEqual([text(prose)]);
    expect(healed.leaks).toEqual([]);
  }
});

test("what is no markup is not held back: each piece comes out at once, as the same event", () => {
  const passed: ChatEvent[] = [];
  const filter = healMarkup({ tools: known, newId: (prefix) => prefix, onLeak: () => undefined }, (event) =>
    passed.push(event),
  );
  const sent: ChatEvent[] = [
    { type: "start", id: "a", model: "m" },
    { type: "block-start", index: 0, block: { type: "reasoning" } },
    { type: "block-delta", index: 0, text: "one" },
    { type: "block-delta", index: 0, text: " two" },
    { type: "block-stop", index: 0, signature: "s" },
    { type: "block-start", index: 1, block: { type: "tool-call", id: "c", name: "Bash" } },
    { type: "block-delta", index: 1, text: '{"command":"<|tool_call_begin|>functions.Bash"}' },
    { type: "block-stop", index: 1 },
    { type: "block-start", index: 2, block: { type: "reasoning", redacted: "x" } },
    { type: "block-stop", index: 2 },
    { type: "finish", reason: "tool-calls", usage: noUsage },
  ];
  for (const [at, event] of sent.entries()) {
    filter(event);
    if (event.type === "block-delta") expect(passed).toHaveLength(at + 1);
  }
  expect(passed.map((event, at) => event === sent[at])).toEqual(sent.map(() => true));
});

test("only what may be the beginning of markup waits", () => {
  const passed: string[] = [];
  const filter = healMarkup({ tools: known, newId: (prefix) => prefix, onLeak: () => undefined }, (event) => {
    if (event.type === "block-delta") passed.push(event.text);
  });
  filter({ type: "start", id: "a", model: "m" });
  filter({ type: "block-start", index: 0, block: { type: "text" } });
  for (const piece of ["x <", "b", " <tool_c", "all", "ed> y <|tool_call_begin|>functions.Ba", "d"]) {
    filter({ type: "block-delta", index: 0, text: piece });
  }
  expect(passed).toEqual(["x ", "<b", " ", "<tool_called> y ", "<|tool_call_begin|>functions.Bad"]);
});

test("any text, cut anywhere, is what it was or the same calls", () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(...leaks.map(({ markup }) => markup)),
      fc.constantFrom("<", "|", "`", "```", "\n", " ", "word", "<tool_call>", "</tool_call>", "{", "}", '"', "Bash"),
      fc.string(),
      fc
        .constantFrom(...leaks.map(({ markup }) => markup))
        .chain((markup) => fc.nat(markup.length).map((length) => markup.slice(0, length))),
    ),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(400), { maxLength: 8 }), (parts, cuts) => {
      const whole = parts.join("");
      const at = [...new Set([0, ...cuts.filter((cut) => cut < whole.length), whole.length])].sort((a, b) => a - b);
      const cut = at.slice(1).map((to, index) => whole.slice(at[index], to));
      const one = heal([whole]);
      const many = heal(cut);
      expect(many.parts).toEqual(one.parts);
      expect(checkEvents(many.events)).toEqual([]);
      if (one.leaks.length === 0) expect(one.parts).toEqual([text(whole)]);
    }),
    { numRuns: 400 },
  );
});
