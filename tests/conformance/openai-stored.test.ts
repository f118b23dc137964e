import { NotFoundError } from "openai";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { connectOpenai } from "./sdks/openai-sdk.ts";
import { embeddingModels, kimi, protocolUpstreams } from "./stand/gateway-config.ts";
import { startStand } from "./stand/start-stand.ts";

/* What of OpenAI's API is not a conversation in one request: stored responses, completions of old, vectors. */

const stand = await startStand();
afterAll(() => stand.close());
beforeEach(() => stand.mock.reset());
const client = connectOpenai({ url: stand.url, apiKey: stand.apiKey, prefix: "/v1" });

const models = protocolUpstreams.map(({ protocol, model }) => [protocol, model] as const);

describe.each(models)("stored responses, %s upstream (%s)", (_, model) => {
  test("one is told again, with its input, and is gone once it is deleted", async () => {
    const created = await client.responses.create({ model, input: "say hello" });
    const { id } = created;
    const { output_text: _text, ...told } = await client.responses.retrieve(id);
    expect(created).toMatchObject(told);
    const items = await client.responses.inputItems.list(id);
    expect(items.data).toMatchObject([{ type: "message", role: "user", content: [{ text: "say hello" }] }]);
    await client.responses.delete(id);
    await expect(client.responses.retrieve(id)).rejects.toThrow(NotFoundError);
    await expect(client.responses.inputItems.list(id)).rejects.toThrow(NotFoundError);
  });

  test("a streamed one is stored too", async () => {
    const response = await client.responses.stream({ model, input: "say hello" }).finalResponse();
    const stored = await client.responses.retrieve(response.id);
    expect(stored.output_text).toBe(response.output_text);
    expect(stored.output_text).toContain("say hello");
  });

  test("store: false stores nothing", async () => {
    const { id } = await client.responses.create({ model, input: "say hello", store: false });
    await expect(client.responses.retrieve(id)).rejects.toThrow(NotFoundError);
  });

  test("previous_response_id goes on with a tool loop, thoughts and all", async () => {
    const tools = [
      {
        type: "function" as const,
        name: "record_value",
        description: "Records a value.",
        parameters: { type: "object", properties: { value: { type: "string" } }, required: ["value"] },
        strict: false,
      },
    ];
    const common = { model, tools, reasoning: { effort: "medium", summary: "auto" } } as const;
    let response = await client.responses.create({ ...common, input: "count to 3 with record_value" });
    for (let turn = 0; turn < 3; turn++) {
      const input = response.output.flatMap((item) =>
        item.type === "function_call"
          ? [{ type: "function_call_output" as const, call_id: item.call_id, output: "recorded" }]
          : [],
      );
      expect(input).toHaveLength(1);
      response = await client.responses.create({ ...common, input, previous_response_id: response.id });
    }
    expect(response.output_text).toContain("I counted to 3 in 3 tool calls");
    expect(stand.mock.requests.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });
});

test("a response that is not known is a 404, to go on from a 400 that names the field", async () => {
  await expect(client.responses.retrieve("resp_unknown")).rejects.toThrow(NotFoundError);
  const asked = client.responses.create({ model: kimi, input: "go on", previous_response_id: "resp_unknown" });
  await expect(asked).rejects.toMatchObject({ status: expect.any(Number), param: "previous_response_id" });
});

describe.each(models)("completions, %s upstream (%s)", (_, model) => {
  test("a prompt is completed, streamed as whole", async () => {
    const params = { model, prompt: "say hello", max_tokens: 1000 };
    const whole = await client.completions.create(params);
    expect(whole).toMatchObject({ object: "text_completion", model, choices: [{ finish_reason: "stop" }] });
    expect(whole.choices[0]?.text).toContain("say hello");
    let text = "";
    let finish: string | null = null;
    for await (const { choices } of await client.completions.create({ ...params, stream: true })) {
      text += choices[0]?.text ?? "";
      finish = choices[0]?.finish_reason ?? finish;
    }
    expect([text, finish]).toEqual([whole.choices[0]?.text, "stop"]);
  });
});

describe.each(embeddingModels)("embeddings, %s (%s)", (_, model) => {
  test("vectors come in the order of the texts, as numbers and as bytes", async () => {
    const params = { model, input: ["one", "two"], dimensions: 8 };
    const { data, usage, model: told } = await client.embeddings.create(params);
    expect(told).toBe(model);
    expect(data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
      [0, 8],
      [1, 8],
    ]);
    expect(data[0]?.embedding).not.toEqual(data[1]?.embedding);
    expect(usage.prompt_tokens).toBeGreaterThan(0);
    // The SDK asks for base64 unless told otherwise, and reads it.
    const numbers = await client.embeddings.create({ ...params, encoding_format: "float" });
    const [first = []] = numbers.data.map(({ embedding }) => embedding);
    for (const [at, value] of first.entries()) expect(data[0]?.embedding[at]).toBeCloseTo(value, 5);
  });
});
