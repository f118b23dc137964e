import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message } from "../model/chat-request.ts";
import type { ContentPart } from "../model/content.ts";
import { RequestError } from "../model/error.ts";
import { vendorProfiles } from "../vendors/index.ts";
import type { WireObject } from "../wire/json-object.ts";
import {
  assistant,
  blocksAt,
  call,
  claude,
  claudeMessages,
  encodeFor,
  messagesFor,
  requestOf,
  result,
  system,
  text,
  toolOf,
  user,
} from "./__fixtures__/requests.ts";

const png: ContentPart = { type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAA" } };
const wirePng = { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } };

function receiptsFor(vendor: string, messages: Message[]): string[] {
  return encodeFor(vendor, claude, requestOf({ messages })).receipts;
}

describe("the order of messages", () => {
  test("results stand first in the message after their calls, what else the user said behind them", () => {
    const sent = claudeMessages(
      user(text("go")),
      assistant(text("two"), call("toolu_a", "Read"), call("toolu_b")),
      user(text("meanwhile"), result("toolu_b", "B"), result("toolu_a", "A"), png),
    );
    expect(sent.slice(1)).toEqual([
      {
        role: "assistant",
        content: [
          { type: "text", text: "two" },
          { type: "tool_use", id: "toolu_a", name: "Read", input: {} },
          { type: "tool_use", id: "toolu_b", name: "Bash", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "toolu_b", content: "B" },
          { type: "tool_result", tool_use_id: "toolu_a", content: "A" },
          { type: "text", text: "meanwhile" },
          wirePng,
        ],
      },
    ]);
  });

  test("results spread over several messages are one message, and text between them follows them all", () => {
    const sent = claudeMessages(
      user(text("go")),
      assistant(call("a"), call("b")),
      user(result("b", "B"), text("hm")),
      user(result("a", "A")),
    );
    expect(sent[2]).toEqual({
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "b", content: "B" },
        { type: "tool_result", tool_use_id: "a", content: "A" },
        { type: "text", text: "hm" },
      ],
    });
  });

  test("neighbours of one role are one message", () => {
    expect(
      claudeMessages(user(text("a")), user(text("b")), assistant(text("c")), assistant(text("d")), user(text("e"))).map(
        (message) => message.content,
      ),
    ).toEqual([
      [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
      [
        { type: "text", text: "c" },
        { type: "text", text: "d" },
      ],
      [{ type: "text", text: "e" }],
    ]);
  });

  test("a call without a result is given one, right after it", () => {
    const messages = [
      user(text("go")),
      assistant(call("a"), call("b")),
      user(result("b", "B"), text("x")),
      assistant(text("y")),
      user(text("z")),
    ];
    expect(claudeMessages(...messages)[2]).toEqual({
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "b", content: "B" },
        { type: "tool_result", tool_use_id: "a", content: "No result was returned.", is_error: true },
        { type: "text", text: "x" },
      ],
    });
    expect(receiptsFor("anthropic", messages)).toEqual(["repaired messages"]);
  });

  test("a result without a call is told as text", () => {
    const messages = [user(text("go")), assistant(text("x")), user(result("gone", "what it said"))];
    expect(claudeMessages(...messages)[2]).toEqual({ role: "user", content: [{ type: "text", text: "what it said" }] });
    expect(receiptsFor("anthropic", messages)).toEqual(["approximated messages.tool_result"]);
  });

  test("a conversation begins with the user", () => {
    expect(claudeMessages(assistant(text("hi")), user(text("a")))[0]).toEqual({
      role: "user",
      content: [{ type: "text", text: "(the conversation begins)" }],
    });
  });

  test("a compacted history may begin with its own block", () => {
    const compaction: ContentPart = {
      type: "opaque",
      protocol: "anthropic-messages",
      value: { type: "compaction", content: "s" },
    };
    expect(claudeMessages(assistant(compaction), user(text("a")))[0]?.role).toBe("assistant");
  });

  test("a conversation without content is refused", () => {
    expect(() => claudeMessages(user(text(" \n")), assistant())).toThrow(RequestError);
  });
});

describe("instructions within the conversation", () => {
  const messages = [
    user(text("go")),
    system("be brief"),
    assistant(call("a")),
    system("hurry"),
    user(result("a", "A")),
  ];
  const opus = "claude-opus-4-8";

  test("Anthropic takes them, but not between a call and its result", () => {
    const { body, headers } = encodeFor("anthropic", opus, requestOf({ messages }));
    expect(body.messages).toEqual([
      { role: "user", content: [{ type: "text", text: "go" }] },
      { role: "system", content: [{ type: "text", text: "be brief" }] },
      { role: "assistant", content: [{ type: "tool_use", id: "a", name: "Bash", input: {} }] },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a", content: "A" },
          { type: "text", text: "<system-reminder>\nhurry\n</system-reminder>" },
        ],
      },
    ]);
    expect(headers).toEqual({ "anthropic-beta": "mid-conversation-system-2026-04-07" });
  });

  test.each([
    ["moonshot", "kimi-k2-0905-preview"],
    ["anthropic", "claude-haiku-4-5"],
    ["anthropic", "claude-opus-4-7"],
  ])("%s %s is told in the user's name", (vendor, model) => {
    const { body, headers, receipts } = encodeFor(vendor, model, requestOf({ messages }));
    expect(headers).toBeUndefined();
    expect(receipts).toEqual(["approximated messages.system"]);
    expect((body.messages as WireObject[])[0]).toEqual({
      role: "user",
      content: [
        { type: "text", text: "go" },
        { type: "text", text: "<system-reminder>\nbe brief\n</system-reminder>" },
      ],
    });
  });

  test("fields of their own go to Anthropic only", () => {
    const passing = { ...system("now"), extensions: { "anthropic-messages": { clear_at: "next_user_message" } } };
    const directive = {
      role: "system" as const,
      content: [],
      extensions: { "anthropic-messages": { output_config: { effort: "low" } } },
    };
    const said = [user(text("a")), passing, directive];
    expect(
      (encodeFor("anthropic", opus, requestOf({ messages: said })).body.messages as WireObject[]).slice(1),
    ).toEqual([
      { role: "system", content: [{ type: "text", text: "now" }], clear_at: "next_user_message" },
      { role: "system", content: [], output_config: { effort: "low" } },
    ]);
    expect(receiptsFor("moonshot", said)).toEqual(["dropped messages.system.*", "approximated messages.system"]);
  });

  test("one that says nothing is left out", () => {
    expect(
      encodeFor("anthropic", opus, requestOf({ messages: [user(text("a")), system(" ")] })).headers,
    ).toBeUndefined();
  });
});

describe("calls and results", () => {
  const wireCall = (part: ContentPart) =>
    blocksAt(
      claudeMessages(user(text("go")), assistant(part), user(result(part.type === "tool-call" ? part.id : "", "ok"))),
      1,
    )[0];
  const wireResult = (
    over: Partial<Extract<ContentPart, { type: "tool-result" }>>,
    value = "out",
    vendor = "anthropic",
  ) => {
    const messages = [user(text("go")), assistant(call("a")), user(result("a", value, over))];
    return blocksAt(messagesFor(vendor, claude, messages), 2)[0];
  };

  test.each([
    ['{"a":1}', { a: 1 }],
    ["", {}],
    ["  ", {}],
    ['{"a":', { _raw: '{"a":' }],
    ["[1]", { _raw: "[1]" }],
    ["null", { _raw: "null" }],
  ])("arguments %j are the input %j", (args, input) => {
    expect(wireCall(call("a", "Bash", args))).toMatchObject({ input });
  });

  test("a free-text call is an object with one string", () => {
    expect(wireCall({ type: "tool-call", id: "a", name: "patch", arguments: "*** Begin", custom: true })).toMatchObject(
      { input: { input: "*** Begin" } },
    );
  });

  test("foreign ids take Anthropic's form, the same in call and result (QuantumNous/new-api#5530)", () => {
    const sent = claudeMessages(
      user(text("go")),
      assistant(call("functions.Bash:0")),
      user(result("functions.Bash:0", "ok")),
      assistant(call("functions.Bash:0")),
      user(result("functions.Bash:0", "ok")),
    );
    const ids = sent.flatMap((message) =>
      (message.content as WireObject[]).flatMap((block) => block.id ?? block.tool_use_id ?? []),
    );
    expect(ids).toEqual(["functions_Bash_0", "functions_Bash_0", "functions_Bash_0_2", "functions_Bash_0_2"]);
  });

  test("results: text as a string, nothing at all, several parts, an error, images", () => {
    expect(wireResult({})).toEqual({ type: "tool_result", tool_use_id: "a", content: "out" });
    expect(wireResult({}, "")).toEqual({ type: "tool_result", tool_use_id: "a" });
    expect(wireResult({ content: [text("a"), png] })).toEqual({
      type: "tool_result",
      tool_use_id: "a",
      content: [{ type: "text", text: "a" }, wirePng],
    });
    expect(wireResult({ isError: true })).toEqual({
      type: "tool_result",
      tool_use_id: "a",
      content: "out",
      is_error: true,
    });
    // "content cannot be empty if `is_error` is true"
    expect(wireResult({ isError: true }, "")).toEqual({
      type: "tool_result",
      tool_use_id: "a",
      content: "(no output)",
      is_error: true,
    });
    expect(wireResult({ isError: true, content: [png] })).toEqual({
      type: "tool_result",
      tool_use_id: "a",
      content: [wirePng],
    });
    expect(wireResult({ cache: { ttl: "1h" } })).toMatchObject({
      content: "out",
      cache_control: { type: "ephemeral", ttl: "1h" },
    });
    expect(wireResult({ content: [text(" ")] })).toMatchObject({ content: " " });
  });

  test("what a model cannot see is named", () => {
    expect(wireResult({ content: [png] }, "", "deepseek")).toEqual({
      type: "tool_result",
      tool_use_id: "a",
      content: "[an image that this model cannot see]",
    });
  });

  test("a loaded tool is a reference at Anthropic and a sentence elsewhere (MoonshotAI/Kimi-K2#118, T10)", () => {
    const content = [{ type: "tool-reference" as const, name: "WebSearch" }];
    expect(wireResult({ content })).toMatchObject({ content: [{ type: "tool_reference", tool_name: "WebSearch" }] });
    expect(wireResult({ content }, "", "moonshot")).toMatchObject({
      content: "The tool WebSearch is now loaded and can be called.",
    });
  });
});

// Histories as gateways and compactions leave them: results early, late, twice or never, roles in any order.
const parts = fc.oneof(
  fc.string().map((value) => text(value)),
  fc.constantFrom("a", "b", "functions.x:0").map((id) => call(id)),
  fc.constantFrom("a", "b", "functions.x:0").map((id) => result(id, "out")),
  fc.constant(png),
);
const message = fc.record({
  role: fc.constantFrom("user" as const, "assistant" as const),
  content: fc.array(parts, { maxLength: 4 }),
});
const instruction = fc.string().map(system);
const histories = fc.array(fc.oneof({ weight: 4, arbitrary: message }, instruction), { minLength: 1, maxLength: 8 });

test("whatever the history, roles alternate, every call is answered at once, no id stands twice, nothing is empty", () => {
  fc.assert(
    fc.property(histories, fc.constantFrom(...Object.keys(vendorProfiles)), (messages, vendor) => {
      const { body } = encodeFor(
        vendor,
        "claude-opus-4-8",
        requestOf({ messages: [user(text("go")), ...messages], tools: [toolOf("Bash")] }),
      );
      const seen = new Set<unknown>();
      let open: unknown[] = [];
      let before = "";
      for (const { role, content } of body.messages as WireObject[]) {
        if (role === "system") expect(before).toMatch(/user|system/);
        else expect(role).not.toBe(before);
        if (before === "system") expect(role).toMatch(/assistant|system/);
        before = String(role);
        const blocks = content as WireObject[];
        expect(blocks.length).toBeGreaterThan(0);
        const results = blocks.filter((block) => block.type === "tool_result").map((block) => block.tool_use_id);
        expect(blocks.slice(0, results.length).every((block) => block.type === "tool_result")).toBe(true);
        expect(new Set(results)).toEqual(new Set(open));
        expect(results).toHaveLength(open.length);
        open = blocks.filter((block) => block.type === "tool_use").map((block) => block.id);
        for (const id of open) expect(seen.has(id)).toBe(false);
        for (const id of open) seen.add(id);
        for (const block of blocks) if (block.type === "text") expect(block.text).toMatch(/\S/);
      }
      expect(open).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
