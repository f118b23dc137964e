import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import type { MockUpstream } from "../index.ts";
import { post } from "../testing/talk.ts";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "strict" });
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

const model = "gpt-5.5";
const parameters = { type: "object", properties: { cmd: { type: "string" } }, required: ["cmd"] };
const tool = { type: "function", name: "exec", parameters };
const user = { type: "message", role: "user", content: "count to 3" };
const call = (id: string, fields: JsonObject = {}) => ({
  type: "function_call",
  call_id: id,
  name: "exec",
  arguments: "{}",
  ...fields,
});
const output = (id: string) => ({ type: "function_call_output", call_id: id, output: "ok" });
const stateless = { store: false, include: ["reasoning.encrypted_content"] };

async function send(body: JsonObject, headers = {}): Promise<{ status: number; error: JsonObject; json: JsonObject }> {
  const { status, json } = await post(`${mock.url}/v1/responses`, { model, ...body }, headers);
  return { status, error: asObject(json.error), json };
}

const itemsOf = ({ json }: { json: JsonObject }) => asArray(json.output).map(asObject);

describe("requests", () => {
  test.each<[what: string, body: JsonObject, words: string]>([
    ["no input", {}, 'One of "input"'],
    ["chat's messages", { messages: [] }, "moved to 'input'"],
    ["chat's max_tokens", { input: "x", max_tokens: 5 }, "moved to 'max_output_tokens'"],
    ["chat's response_format", { input: "x", response_format: {} }, "moved to 'text.format'"],
    ["chat's reasoning_effort", { input: "x", reasoning_effort: "low" }, "moved to 'reasoning.effort'"],
    ["an unknown field", { input: "x", stop: ["a"] }, "Unknown parameter: 'stop'."],
    ["a small limit", { input: "x", max_output_tokens: 15 }, "Expected a value >= 16, but got 15"],
    ["a temperature of a model that reasons", { input: "x", temperature: 0.5 }, "'temperature' is not supported"],
    [
      "an effort of a model that does not",
      { model: "gpt-4.1", input: "x", reasoning: { effort: "low" } },
      "'reasoning.effort' is not supported",
    ],
    [
      "encrypted content of a model that does not",
      { model: "gpt-4.1", input: "x", ...stateless },
      "Encrypted content is not supported",
    ],
    ["an unknown effort", { input: "x", reasoning: { effort: "huge" } }, "Invalid value: 'huge'."],
    ["an unknown include", { input: "x", include: ["all"] }, "Invalid value: 'all'."],
    ["stream_options without stream", { input: "x", stream_options: {} }, "'stream_options'"],
    [
      "17 metadata",
      { input: "x", metadata: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [at, "x"])) },
      "too many properties",
    ],
    [
      "a text.format of chat's form",
      { input: "x", text: { format: { type: "json_schema", json_schema: {} } } },
      "Missing required parameter: 'text.format.name'.",
    ],
    [
      "JSON without the word",
      { input: "x", text: { format: { type: "json_object" } } },
      "must contain the word 'json'",
    ],
    [
      "a strict schema that is open",
      { input: "x", text: { format: { type: "json_schema", name: "a", strict: true, schema: parameters } } },
      "'additionalProperties' is required",
    ],
    [
      "an unknown response before",
      { input: "x", previous_response_id: "resp_1" },
      "Previous response with id 'resp_1' not found.",
    ],
    ["two histories", { input: "x", previous_response_id: "resp_1", conversation: "c" }, "Mutually exclusive"],
  ])("%s", async (_, body, words) => {
    const { status, error } = await send(body);
    expect([status, error.type]).toEqual([400, "invalid_request_error"]);
    expect(error.message).toContain(words);
  });
});

describe("tools", () => {
  test.each<[what: string, body: JsonObject, words: string]>([
    [
      "chat's form",
      { tools: [{ type: "function", function: { name: "a" } }] },
      "Missing required parameter: 'tools[0].name'.",
    ],
    ["Anthropic's form", { tools: [{ name: "a", input_schema: {} }] }, "Missing required parameter: 'tools[0].type'."],
    ["an unknown field", { tools: [{ ...tool, cache_control: {} }] }, "Unknown parameter: 'tools[0].cache_control'."],
    ["an unknown type", { tools: [{ type: "magic" }] }, "Invalid value: 'magic'."],
    ["a name with a dot", { tools: [{ ...tool, name: "a.b" }] }, "does not match pattern"],
    ["the same name twice", { tools: [tool, tool] }, "Duplicate tool name"],
    ["129 tools", { tools: Array.from({ length: 129 }, (_, at) => ({ ...tool, name: `t${at}` })) }, "array too long"],
    ["no properties", { tools: [{ ...tool, parameters: { type: "object" } }] }, "object schema missing properties"],
    [
      "a schema that is no object's",
      { tools: [{ ...tool, parameters: { type: "string" } }] },
      "schema must be a JSON Schema",
    ],
    ["strict and open", { tools: [{ ...tool, strict: true }] }, "'additionalProperties' is required"],
    [
      "strict with an optional property",
      { tools: [{ ...tool, strict: true, parameters: { ...parameters, additionalProperties: false, required: [] } }] },
      "Missing 'cmd'.",
    ],
    [
      "strict and open further down",
      {
        tools: [
          {
            ...tool,
            strict: true,
            parameters: { type: "object", additionalProperties: false, required: ["a"], properties: { a: parameters } },
          },
        ],
      },
      "In context=('properties', 'a'), 'additionalProperties'",
    ],
    [
      "an unknown grammar",
      { tools: [{ type: "custom", name: "p", format: { type: "grammar", syntax: "bnf" } }] },
      "Invalid value: 'bnf'.",
    ],
    ["a namespace without tools", { tools: [{ type: "namespace", name: "n", description: "d" }] }, "'tools[0].tools'"],
    [
      "a choice of chat's form",
      { tools: [tool], tool_choice: { type: "function", function: { name: "exec" } } },
      "'tool_choice.name'",
    ],
    [
      "a choice that is not there",
      { tools: [tool], tool_choice: { type: "function", name: "x" } },
      "Tool choice 'x' not found",
    ],
    ["a forced tool of none", { tool_choice: "required" }, "must be specified with 'tools'"],
  ])("%s", async (_, body, words) => {
    const { status, error } = await send({ input: "x", ...body });
    expect(status).toBe(400);
    expect(error.message).toContain(words);
  });
});

describe("items", () => {
  test.each<[what: string, input: unknown, words: string]>([
    ["no list", 5, "Invalid type for 'input'"],
    ["an unknown type", [{ type: "tool_result" }], "Invalid value: 'tool_result'."],
    ["an unknown role", [{ role: "tool", content: "x" }], "Invalid value: 'tool'."],
    ["chat's parts", [{ role: "user", content: [{ type: "text", text: "x" }] }], "Invalid value: 'text'."],
    [
      "a user's output",
      [{ role: "user", content: [{ type: "output_text", text: "x" }] }],
      "Invalid value: 'output_text'.",
    ],
    [
      "an assistant's input",
      [{ role: "assistant", content: [{ type: "input_text", text: "x" }] }],
      "Invalid value: 'input_text'.",
    ],
    [
      "an unknown field of a part",
      [{ role: "user", content: [{ type: "input_text", text: "x", cache_control: {} }] }],
      "Unknown parameter: 'input[0].content[0].cache_control'.",
    ],
    ["an unknown field of a call", [user, call("a", { tool: "x" })], "Unknown parameter: 'input[1].tool'."],
    [
      "chat's image",
      [{ role: "user", content: [{ type: "input_image", image_url: { url: "https://a.b/c.png" } }] }],
      "Invalid type for 'input[0].content[0].image_url'",
    ],
    ["a long call id", [user, call("a".repeat(65))], "maximum length 64"],
    ["a call's id of another form", [user, call("a", { id: "toolu_1" })], "Expected an ID that begins with 'fc'."],
    ["an id with a colon", [user, call("a", { id: "fc:1" })], "additional characters"],
    [
      "the same id twice",
      [user, call("a", { id: "fc_1" }), output("a"), call("b", { id: "fc_1" }), output("b")],
      "Duplicate item found with id fc_1",
    ],
    ["arguments as an object", [user, call("a", { arguments: {} })], "Invalid type for 'input[1].arguments'"],
    ["a call that is not answered", [user, call("a")], "No tool output found for function call a."],
    ["an answer without its call", [user, output("a")], "No tool call found for function call output with call_id a."],
    ["an answer before its call", [user, output("a"), call("a")], "No tool call found"],
    [
      "an answer of another kind",
      [user, call("a"), { ...output("a"), type: "custom_tool_call_output" }],
      "No tool call found for custom tool call output",
    ],
    ["a call twice", [user, call("a"), call("a"), output("a")], "Duplicate tool call"],
    ["reasoning at the end", [user, { type: "reasoning", id: "rs_1", summary: [] }], "Item with id 'rs_1' not found"],
    [
      "foreign encrypted content",
      [user, { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "abc" }, call("a"), output("a")],
      "could not be decrypted or parsed",
    ],
    ["an unknown reference", [user, { type: "item_reference", id: "rs_1" }], "Item with id 'rs_1' not found"],
  ])("%s", async (_, input, words) => {
    const { status, error } = await send({ input, ...stateless });
    expect(status).toBe(words.startsWith("Item with id") ? 404 : 400);
    expect(error.message).toContain(words);
  });
});

describe("reasoning", () => {
  const first = () => send({ input: [user], tools: [tool], ...stateless });

  async function refusalOf(input: unknown[], body: JsonObject = {}, headers = {}): Promise<unknown> {
    const { error } = await send({ input, tools: [tool], ...stateless, ...body }, headers);
    return error.code ?? error.message;
  }

  test("comes back as it was", async () => {
    const [thought, made] = itemsOf(await first());
    const input = [user, thought, made, output(String(made?.call_id))];
    expect((await send({ input, tools: [tool], ...stateless })).status).toBe(200);
    const { id: _id, ...anonymous } = thought ?? {};
    expect((await send({ input: [user, anonymous, ...input.slice(2)], tools: [tool], ...stateless })).status).toBe(200);
  });

  test("is bound to its key and model", async () => {
    const [thought, made] = itemsOf(await first());
    const input = [user, thought, made, output(String(made?.call_id))];
    expect(await refusalOf(input, {}, { authorization: "Bearer other" })).toBe("invalid_encrypted_content");
    expect(await refusalOf(input, { model: "gpt-5-mini" })).toBe("invalid_encrypted_content");
  });

  test("is bound to its item and its call", async () => {
    const [thought, made] = itemsOf(await first());
    const answered = [made, output(String(made?.call_id))];
    expect(await refusalOf([user, { ...thought, id: "rs_other" }, ...answered])).toBe("invalid_encrypted_content");
    const [, other] = itemsOf(await first());
    expect(await refusalOf([user, thought, { ...other, id: undefined }, output(String(other?.call_id))])).toContain(
      "is not what was produced before",
    );
  });

  test("needs what follows it, and is needed by it", async () => {
    const [thought, made] = itemsOf(await first());
    expect(await refusalOf([user, thought])).toContain("without its required following item");
    expect(await refusalOf([user, thought, user])).toContain("without its required following item");
    expect(await refusalOf([user, made, output(String(made?.call_id))])).toContain(
      "without its required 'reasoning' item",
    );
    const anonymous = { ...made, id: undefined };
    expect((await send({ input: [user, anonymous, output(String(made?.call_id))], ...stateless })).status).toBe(200);
  });

  test("without encrypted content is only known where it is stored", async () => {
    const [thought, made] = itemsOf(await send({ input: [user], tools: [tool] }));
    const input = [user, thought, made, output(String(made?.call_id))];
    expect((await send({ input, tools: [tool] })).status).toBe(200);
    expect((await send({ input, tools: [tool] }, { authorization: "Bearer other" })).status).toBe(404);
  });
});

test("OpenAI has models of its own only", async () => {
  const { status, json } = await post(`${mock.url}/openai/v1/responses`, { model: "kimi-k3", input: "x" });
  expect([status, asObject(json.error).code]).toEqual([400, "model_not_found"]);
});

test("a prompt that is too long is refused with OpenAI's code", async () => {
  mock.setFaults("context=5");
  expect((await send({ input: "a long question about nothing" })).error.code).toBe("context_length_exceeded");
});

test("lenient, everything that can be understood passes", async () => {
  const lenient = await startMockUpstream({ strict: false });
  const body = { model, input: [user, output("a")], stop: ["x"], max_tokens: 1 };
  expect((await post(`${lenient.url}/v1/responses`, body)).status).toBe(200);
  await lenient.close();
});
