import { describe, expect, test } from "vitest";
import type { ContentPart } from "../model/content.ts";
import { createReceipt } from "../receipt.ts";
import { assistant, call, kimi, messagesFor, result, system, text, thought, user } from "./__fixtures__/messages.ts";
import { encodeFor, requestOf } from "./__fixtures__/requests.ts";

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
