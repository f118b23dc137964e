import { afterAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import { assistant, hello, refusalOf, result, use, user } from "../testing/messages-history.ts";

const mock = await startMockUpstream({ seed: "strict" });
afterAll(() => mock.close());
const refusal = (body: JsonObject, headers: Record<string, string> = {}, base = "/anthropic") =>
  refusalOf(mock.url + base, body, headers);

describe("compatible providers", () => {
  test("kimi takes unsigned thinking, but wants it before every call, and no tool_reference", async () => {
    const kimi = { model: "kimi-k2-thinking", max_tokens: 100, messages: [hello] };
    const loop = (...blocks: JsonObject[]) => ({
      ...kimi,
      messages: [hello, assistant(...blocks, use("a")), user(result("a"))],
    });
    expect(await refusal(loop({ type: "thinking", thinking: "x", signature: "" }), {}, "/moonshot/anthropic")).toEqual([
      200,
      undefined,
    ]);
    expect(await refusal(loop(), {}, "/moonshot/anthropic")).toEqual([
      400,
      expect.stringContaining("reasoning_content is missing in assistant tool call message at index 1"),
    ]);
    const reference = { type: "tool_result", tool_use_id: "a", content: [{ type: "tool_reference", tool_name: "X" }] };
    const searched = {
      ...kimi,
      messages: [hello, assistant({ type: "thinking", thinking: "x" }, use("a")), user(reference)],
    };
    expect(await refusal(searched, {}, "/moonshot/anthropic")).toEqual([
      400,
      expect.stringContaining("tool_reference"),
    ]);
    const long = { ...kimi, messages: [{ role: "user", content: "x".repeat(1_100_000) }] };
    expect(await refusal(long, {}, "/moonshot/anthropic")).toEqual([
      400,
      expect.stringContaining("exceeded model token limit: 262144"),
    ]);
  });
});
