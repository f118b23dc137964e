import { describe, expect, test } from "vitest";
import type { Message } from "../model/chat-request.ts";
import { assistant, call, messagesFor, result, text, thought, user } from "./__fixtures__/messages.ts";
import { encodeFor, requestOf } from "./__fixtures__/requests.ts";

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
