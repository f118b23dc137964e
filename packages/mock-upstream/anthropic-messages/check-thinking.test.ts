import { afterAll, describe, expect, test } from "vitest";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import {
  assistant,
  bash,
  budget,
  claude,
  hello,
  refusalOf,
  result,
  text,
  use,
  user,
} from "../testing/messages-history.ts";
import { post } from "../testing/talk.ts";

const mock = await startMockUpstream({ seed: "strict" });
afterAll(() => mock.close());
const refusal = (body: JsonObject, headers: Record<string, string> = {}, base = "/anthropic") =>
  refusalOf(mock.url + base, body, headers);

describe("thinking", () => {
  test.each<[string, JsonObject, string]>([
    ["no budget", { thinking: { type: "enabled" } }, "thinking.enabled.budget_tokens: Field required"],
    [
      "small budget",
      { thinking: { type: "enabled", budget_tokens: 1023 } },
      "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
    ],
    [
      "budget as large as max_tokens",
      { thinking: { type: "enabled", budget_tokens: 4000 } },
      "`max_tokens` must be greater than `thinking.budget_tokens`",
    ],
    [
      "temperature",
      { thinking: budget, temperature: 0.5 },
      "`temperature` may only be set to 1 when thinking is enabled",
    ],
    ["top_k", { thinking: budget, top_k: 5 }, "`top_k` must be unset"],
    [
      "forced tool",
      { thinking: budget, tools: [bash], tool_choice: { type: "any" } },
      "Thinking may not be enabled when tool_choice forces tool use.",
    ],
    [
      "forced tool at a model that chooses itself",
      { model: "claude-opus-5-5", tools: [bash], tool_choice: { type: "any" } },
      "forcing tool use is not supported for this model",
    ],
    [
      "rest of a model that always thinks",
      { model: "claude-fable-5", thinking: { type: "disabled" } },
      '"thinking.type.disabled" is not supported for this model.',
    ],
    [
      "another model's word of rest",
      { model: "claude-sonnet-5-5", thinking: { type: "disabled" } },
      '"thinking.type.disabled" is not supported for this model.',
    ],
    [
      "too much effort without thinking",
      { model: "claude-opus-5", thinking: { type: "disabled" }, output_config: { effort: "max" } },
      "output_config.effort 'max' is not supported when thinking is disabled on this model.",
    ],
    ["adaptive at 4.5", { thinking: { type: "adaptive" } }, "adaptive thinking is not supported on this model"],
    [
      "budget at 4.8",
      { model: "claude-opus-4-8", thinking: budget },
      '"thinking.type.enabled" is not supported for this model.',
    ],
    [
      "budget in adaptive",
      { model: "claude-opus-4-8", thinking: { type: "adaptive", budget_tokens: 1024 } },
      "thinking.adaptive.budget_tokens: Extra inputs are not permitted",
    ],
    ["unknown type", { thinking: { type: "on" } }, "thinking: Input tag 'on'"],
    [
      "prefill",
      { thinking: budget, messages: [hello, assistant(text("I"))] },
      "does not support assistant message prefill",
    ],
    [
      "missing signature",
      { messages: [hello, assistant({ type: "thinking", thinking: "x" }, text("y")), hello] },
      "messages.1.content.0.thinking.signature: Field required",
    ],
    [
      "empty signature",
      { messages: [hello, assistant({ type: "thinking", thinking: "x", signature: "" }, text("y")), hello] },
      "messages.1.content.0: Invalid `signature` in `thinking` block",
    ],
    [
      "foreign signature",
      {
        messages: [hello, assistant({ type: "thinking", thinking: "x", signature: "EqQBCgIYAhIM" }, text("y")), hello],
      },
      "messages.1.content.0: Invalid `signature` in `thinking` block",
    ],
    [
      "foreign redacted data",
      { messages: [hello, assistant({ type: "redacted_thinking", data: "x" }, text("y")), hello] },
      "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
    ],
    [
      "thinking at the end",
      { messages: [hello, assistant(text("y"), { type: "thinking", thinking: "x", signature: "" }), hello] },
      "The final block in an assistant message cannot be `thinking`.",
    ],
    [
      "thinking of the user",
      { messages: [user({ type: "thinking", thinking: "x", signature: "" })] },
      "`thinking` blocks can only be in `assistant` messages",
    ],
    [
      "tool loop without thinking",
      { thinking: budget, messages: [hello, assistant(use("a")), user(result("a"))] },
      "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block",
    ],
  ])("%s", async (_name, body, message) => {
    expect(await refusal({ ...claude, ...body })).toEqual([400, expect.stringContaining(message)]);
  });

  test("a tool may be forced upon an adaptive model that thinks", async () => {
    const thinking = { type: "adaptive" };
    const body = { ...claude, model: "claude-opus-4-8", thinking, tools: [bash], tool_choice: { type: "any" } };
    expect(await refusal(body)).toEqual([200, undefined]);
  });

  test("one thought at the beginning is enough for all calls of a turn", async () => {
    const asked = { ...claude, thinking: budget, messages: [{ role: "user", content: "count to 3" }], tools: [bash] };
    const { json } = await post(`${mock.url}/anthropic/v1/messages`, asked);
    const first = asArray(json.content).map(asObject);
    const loop = [
      assistant(...first),
      user(result(String(first[1]?.id))),
      assistant(use("toolu_b")),
      user(result("toolu_b")),
    ];
    expect(await refusal({ ...asked, messages: [...asked.messages, ...loop] })).toEqual([200, undefined]);
    const asksAnew = [assistant(text("done")), user(text("more")), assistant(use("toolu_c")), user(result("toolu_c"))];
    expect(await refusal({ ...asked, messages: [...asked.messages, ...loop, ...asksAnew] })).toEqual([
      400,
      expect.stringContaining("messages.7.content.0.type: Expected `thinking`"),
    ]);
  });

  test("a signature holds for its own text, model and call", async () => {
    const asked = { ...claude, thinking: budget, messages: [{ role: "user", content: "count to 3" }], tools: [bash] };
    const { json } = await post(`${mock.url}/anthropic/v1/messages`, asked);
    const [thought, call] = asArray(json.content).map(asObject);
    const back = (changed: JsonObject, more: JsonObject = {}) => ({
      ...asked,
      ...more,
      messages: [...asked.messages, assistant({ ...thought, ...changed }, { ...call }), user(result(String(call?.id)))],
    });
    const invalid = [400, "messages.1.content.0: Invalid `signature` in `thinking` block"];
    expect(await refusal(back({}))).toEqual([200, undefined]);
    expect(await refusal(back({ thinking: "changed" }))).toEqual(invalid);
    expect(await refusal(back({}, { model: "claude-haiku-4-5" }))).toEqual(invalid);

    const second = await post(`${mock.url}/anthropic/v1/messages`, back({}));
    const other = asObject(asArray(second.json.content)[0]);
    expect(await refusal(back(other))).toEqual([
      400,
      expect.stringContaining("blocks in the latest assistant message cannot be modified"),
    ]);
  });

  test("redacted thinking is taken back", async () => {
    const asked = {
      ...claude,
      model: "claude-sonnet-4-5+redacted",
      thinking: budget,
      messages: [{ role: "user", content: "count to 3" }],
      tools: [bash],
    };
    const { json } = await post(`${mock.url}/anthropic/v1/messages`, asked);
    const content = asArray(json.content).map(asObject);
    expect(content[0]).toEqual({ type: "redacted_thinking", data: expect.any(String) });
    expect(
      await refusal({
        ...asked,
        messages: [...asked.messages, assistant(...content), user(result(String(content[1]?.id)))],
      }),
    ).toEqual([200, undefined]);
  });
});
