import { describe, expect, test } from "vitest";
import type { ReasoningPart } from "../model/content.ts";
import { createSealer } from "../reasoning/sealer.ts";
import {
  assistant,
  blocksAt,
  call,
  claude,
  claudeMessages,
  encodeFor,
  messagesFor,
  origin,
  requestOf,
  result,
  sealed,
  sealer,
  text,
  thought,
  user,
} from "./__fixtures__/requests.ts";

const redacted = (data: string): ReasoningPart => ({ type: "reasoning", text: "", redacted: data });

/** The conversation with these thoughts before a call. */
const turn = (...thoughts: ReasoningPart[]) => [
  user(text("go")),
  assistant(...thoughts, call("toolu_1")),
  user(result("toolu_1", "ok")),
];

function blocksFor(vendor: string, model: string, ...thoughts: ReasoningPart[]): unknown[] {
  return blocksAt(messagesFor(vendor, model, turn(...thoughts)), 1).filter((block) => block.type !== "tool_use");
}

test("own thoughts return byte for byte, in order: signed, empty with a signature, redacted (T12)", () => {
  const data = sealer.seal({ origin, native: "opaque==" }, "");
  expect(blocksFor("anthropic", claude, sealed(" a\n", "s1"), sealed("", "s2"), redacted(data))).toEqual([
    { type: "thinking", thinking: " a\n", signature: "s1" },
    { type: "thinking", thinking: "", signature: "s2" },
    { type: "redacted_thinking", data: "opaque==" },
  ]);
});

describe("what never reaches an upstream that verifies signatures", () => {
  const envelope = sealer.seal({ origin, native: "native" }, "a thought");
  const foreignSecret = createSealer(new Uint8Array(32).fill(9)).seal({ origin, native: "native" }, "a thought");
  const cases: Array<[string, ReasoningPart]> = [
    ["an unsigned thought", thought("a thought")],
    ["an empty signature", thought("a thought", "")],
    ["a foreign signature", thought("a thought", "EqQBCgIYAhIM1gbcDa9GJwZA2b3h")],
    ["a forged envelope", thought("a thought", `${envelope.slice(0, -22)}${"A".repeat(22)}`)],
    ["a truncated envelope", thought("a thought", envelope.slice(0, -4))],
    ["an envelope moved to another thought", thought("another thought", envelope)],
    ["an envelope of another secret", thought("a thought", foreignSecret)],
    ["a thought of another model", sealed("a thought", "native", "anthropic/claude-haiku-4-5")],
    ["a thought that came without a signature", sealed("a thought", "")],
    ["foreign redacted data", redacted("EmwKAhgBEgy3va3p")],
    ["redacted data of another model", redacted(sealer.seal({ origin: "another/model", native: "data" }, ""))],
    ["redacted data under the seal of a thought", redacted(envelope)],
  ];

  test.each(cases)("%s", (_, part) => {
    const { body, receipts } = encodeFor("anthropic", claude, requestOf({ messages: turn(part) }));
    expect(JSON.stringify(body)).not.toMatch(/thinking|signature|or1\.|a thought/);
    expect(receipts).toContain("dropped messages.thinking");
  });

  test.each(cases)("%s is left out, its call and the result stay", (_, part) => {
    expect(claudeMessages(...turn(part)).map((message) => message.role)).toEqual(["user", "assistant", "user"]);
  });
});

test("a thought that nothing follows is left out, with the message that held nothing else", () => {
  expect(claudeMessages(user(text("a")), assistant(sealed("cut off", "s")), user(text("b")))).toEqual([
    {
      role: "user",
      content: [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
    },
  ]);
  expect(claudeMessages(user(text("a")), assistant(text("x"), sealed("cut off", "s")), user(text("b")))[1]).toEqual({
    role: "assistant",
    content: [{ type: "text", text: "x" }],
  });
});

describe("servers that take thoughts of anybody", () => {
  test.each(["moonshot", "deepseek", "zai"])(
    "%s gets the text, unsigned where the signature is not its own",
    (vendor) => {
      const model = vendor === "deepseek" ? "deepseek-v4-pro" : "kimi-k2-thinking";
      expect(blocksFor(vendor, model, thought("a", "foreign"))).toEqual([
        { type: "thinking", thinking: "a", signature: "" },
      ]);
      expect(blocksFor(vendor, model, sealed("b", "own"))).toEqual([
        { type: "thinking", thinking: "b", signature: "own" },
      ]);
      expect(blocksFor(vendor, model, sealed("c", "another's", "another/model"))).toEqual([
        { type: "thinking", thinking: "c", signature: "" },
      ]);
    },
  );

  test("a redacted thought of somebody else means nothing to them", () => {
    expect(blocksFor("zai", "glm-4.7", redacted("foreign"))).toEqual([]);
  });

  test("an unknown server gets back what it gave unsigned, and nothing of anybody else", () => {
    expect(blocksFor("generic", "m", sealed("a", ""))).toEqual([{ type: "thinking", thinking: "a", signature: "" }]);
    expect(blocksFor("generic", "m", thought("a", "foreign"))).toEqual([]);
  });
});

describe("a call whose thought is gone", () => {
  const placeholder = { type: "thinking", thinking: ".", signature: "" };

  test.each([
    ["moonshot", "kimi-k2-thinking", [placeholder]],
    ["deepseek", "deepseek-v4-pro", [placeholder]],
    ["deepseek", "deepseek-chat", []],
    ["moonshot", "kimi-k2-0905-preview", []],
    ["zai", "glm-4.7", []],
    ["anthropic", claude, []],
  ])("%s %s", (vendor, model, expected) => {
    expect(blocksFor(vendor, model)).toEqual(expected);
  });

  test("text before the call is no thought", () => {
    expect(
      blocksAt(
        messagesFor("moonshot", "kimi-k2-thinking", [
          user(text("go")),
          assistant(text("x"), call("toolu_1")),
          user(result("toolu_1", "ok")),
        ]),
        1,
      )[0],
    ).toEqual(placeholder);
  });

  test("a turn without calls needs none", () => {
    const [, message] = messagesFor("moonshot", "kimi-k2-thinking", [
      user(text("go")),
      assistant(text("x")),
      user(text("b")),
    ]);
    expect(message?.content).toEqual([{ type: "text", text: "x" }]);
  });
});
