import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { connectOpenai } from "./sdks/openai-sdk.ts";
import { parseInput } from "./sdks/sdk.ts";
import { ways } from "./specs/describe-answers.ts";
import { recordValue } from "./specs/tools.ts";
import { claude, expressChat, kimi, upstreams } from "./stand/gateway-config.ts";
import { startStand } from "./stand/start-stand.ts";

// The runner brings back known fields only, so no thoughts: the upstream has to be content with some.
const stand = await startStand({ verifyReasoning: false });
afterAll(() => stand.close());
beforeEach(() => stand.mock.reset());
const client = connectOpenai({ url: stand.url, apiKey: stand.apiKey, prefix: "/v1" });

describe("the SDK's own tool runner", () => {
  test.each(upstreams.flatMap(({ model }) => ways.map(([way, streamed]) => [model, way, streamed] as const)))(
    "%s, six steps, %s",
    async (model, _, streamed) => {
      const recorded: unknown[] = [];
      const { name, description, parameters, run } = recordValue(recorded);
      const params = {
        model,
        messages: [{ role: "user" as const, content: "count to 6 with record_value" }],
        tools: [
          { type: "function" as const, function: { name, description, parameters, parse: parseInput, function: run } },
        ],
      };
      const runner = streamed
        ? client.chat.completions.runTools({ ...params, stream: true })
        : client.chat.completions.runTools(params);
      expect(await runner.finalContent()).toContain("I counted to 6 in 6 tool calls");
      expect(recorded).toHaveLength(6);
      expect(stand.mock.requests.map(({ status }) => status)).toEqual(Array.from({ length: 7 }, () => 200));
    },
  );
});

test.each([
  ["openai/gpt-5.5", { max_completion_tokens: 1000 }, true],
  ["openai/gpt-5.5", { max_tokens: 1000 }, false],
  [expressChat, { max_tokens: 1000 }, true],
  [expressChat, { max_tokens: 1000, top_k: 5 }, false],
  [kimi, { max_tokens: 1000 }, false],
])("%s with %j is answered over the express lane: %s", async (model, limits, express) => {
  const params = { model, messages: [{ role: "user" as const, content: "say hello" }], ...limits };
  const whole = await client.chat.completions.create(params).withResponse();
  const streamed = await client.chat.completions.create({ ...params, stream: true }).withResponse();
  let text = "";
  for await (const { choices } of streamed.data) text += choices[0]?.delta.content ?? "";
  expect(text).toBe(whole.data.choices[0]?.message.content);
  for (const { response } of [whole, streamed]) {
    expect(await stand.recordOf(response)).toMatchObject({
      express_lane: express,
      status: 200,
      requested_model: model,
    });
  }
});

test("every answer and every error has a request id", async () => {
  const messages = [{ role: "user" as const, content: "say hello" }];
  const { _request_id: id } = await client.chat.completions.create({ model: kimi, messages });
  expect(id).toMatch(/^req_\w{20,}$/);
  await expect(client.chat.completions.create({ model: "no/such", messages })).rejects.toMatchObject({
    requestID: expect.stringMatching(/^req_\w{20,}$/),
  });
});

describe.each([kimi, expressChat, claude])("usage of a stream of %s", (model) => {
  const params = { model, messages: [{ role: "user" as const, content: "say hello" }], stream: true as const };

  async function usagesOf(extra: object): Promise<unknown[]> {
    const chunks = [];
    for await (const chunk of await client.chat.completions.create({ ...params, ...extra })) chunks.push(chunk);
    expect(chunks.slice(0, -1).filter(({ usage }) => usage != null)).toEqual([]);
    return chunks.slice(-1).flatMap(({ usage, choices }) => (usage == null ? [] : [{ usage, choices }]));
  }

  test.each([
    ["stream_options.include_usage", { stream_options: { include_usage: true } }],
    ["OpenRouter's usage.include", { usage: { include: true } }],
  ])("comes once, at the end, without a choice, for %s", async (_, extra) => {
    const usages = await usagesOf(extra);
    const { promptTokens } = stand.mock.requests[0] ?? {};
    expect(usages).toEqual([{ choices: [], usage: expect.objectContaining({ prompt_tokens: promptTokens }) }]);
  });

  test("does not come unasked, and the upstream is asked anyway", async () => {
    expect(await usagesOf({})).toEqual([]);
    if (model !== claude) {
      expect(stand.mock.requests[0]?.body).toMatchObject({ stream_options: { include_usage: true } });
    }
  });

  test("comes unasked below /api/v1", async () => {
    const openrouters = connectOpenai({ url: stand.url, apiKey: stand.apiKey, prefix: "/api/v1" });
    const usages = [];
    for await (const { usage } of await openrouters.chat.completions.create(params))
      if (usage != null) usages.push(usage);
    expect(usages).toHaveLength(1);
  });
});
