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

const pro = "gemini-3-pro-preview";
const old = "gemini-2.5-flash";
const user = { role: "user", parts: [{ text: "count to 3" }] };
const parameters = { type: "OBJECT", properties: { command: { type: "STRING" } }, required: ["command"] };
const declare = (fields: JsonObject = {}) => [{ functionDeclarations: [{ name: "bash", parameters, ...fields }] }];
const schema = (fields: JsonObject) => declare({ parameters: { type: "OBJECT", properties: { a: fields } } });
const call = (fields: JsonObject = {}, part: JsonObject = {}) => ({
  role: "model",
  parts: [{ functionCall: { name: "bash", args: {}, ...fields }, ...part }],
});
const answer = (fields: JsonObject = {}) => ({
  role: "user",
  parts: [{ functionResponse: { name: "bash", response: { output: "ok" }, ...fields } }],
});

async function send(body: JsonObject, model = old): Promise<{ status: number; error: JsonObject; json: JsonObject }> {
  const url = `${mock.url}/v1beta/models/${model}:generateContent`;
  const { status, json } = await post(url, { contents: [user], ...body }, { "x-goog-api-key": "test" });
  return { status, error: asObject(json.error), json };
}

const unknown = (name: string, path = "") =>
  `Invalid JSON payload received. Unknown name "${name}"${path === "" ? "" : ` at '${path}'`}: Cannot find field.`;

test.each<[what: string, body: JsonObject, words: string]>([
  ["an unknown field", { messages: [] }, unknown("messages")],
  [
    "an unknown field of the configuration",
    { generationConfig: { maxTokens: 5 } },
    unknown("maxTokens", "generation_config"),
  ],
  [
    "an unknown field of a part",
    { contents: [{ role: "user", parts: [{ type: "text", text: "x" }] }] },
    unknown("type", "contents[0].parts[0]"),
  ],
  ["an unknown field of a tool", { tools: [{ type: "function" }] }, unknown("type", "tools[0]")],
  [
    "an unknown field of a declaration",
    { tools: declare({ strict: true }) },
    unknown("strict", "tools[0].function_declarations[0]"),
  ],
  ["no contents", { contents: [] }, "contents is not specified"],
  ["an assistant", { contents: [{ role: "assistant", parts: [{ text: "x" }] }] }, "valid role: user, model"],
  ["no parts", { contents: [{ role: "user", parts: [] }] }, "must not be empty"],
  ["an empty part", { contents: [{ role: "user", parts: [{}] }] }, "must have one initialized field"],
  ["two kinds in a part", { contents: [{ role: "user", parts: [{ text: "x", inlineData: {} }] }] }, "is already set"],
  ["an empty text", { contents: [{ role: "user", parts: [{ text: "" }] }] }, "must have a text parameter"],
  ["an empty instruction", { systemInstruction: { parts: [{ text: "" }] } }, "must have a text parameter"],
  [
    "a model alone",
    { contents: [{ role: "model", parts: [{ text: "x" }] }] },
    "single turn requests end with a user role",
  ],
  [
    "an image without a type",
    { contents: [{ role: "user", parts: [{ inlineData: { data: "QUJD" } }] }] },
    "Unsupported MIME type",
  ],
  [
    "an image that is no base64",
    { contents: [{ role: "user", parts: [{ inlineData: { mimeType: "image/png", data: "data:x;" } }] }] },
    "Base64 decoding failed",
  ],
  ["a call without its answer", { contents: [user, call()] }, "equal to the number of function call parts"],
  ["an answer without its call", { contents: [user, answer()] }, "comes immediately after a function call turn"],
  [
    "fewer answers than calls",
    { contents: [user, { role: "model", parts: [...call().parts, ...call().parts] }, answer()] },
    "equal to the number of function call parts",
  ],
  [
    "an answer of another function",
    { contents: [user, call(), answer({ name: "read" })] },
    "does not match any function call",
  ],
  [
    "an answer with an id of its own",
    { contents: [user, call(), answer({ id: "x" })] },
    "does not match any function call",
  ],
  ["a call at the start", { contents: [call(), answer()] }, "comes immediately after a user turn"],
  [
    "a call after the model spoke",
    { contents: [user, { role: "model", parts: [{ text: "x" }] }, call(), answer()] },
    "comes immediately after a user turn",
  ],
  ["a call of the user's", { contents: [{ ...call(), role: "user" }] }, "function call turns have the role 'model'"],
  ["an answer that is no object", { contents: [user, call(), answer({ response: "ok" })] }, "google.protobuf.Struct"],
  [
    "no answer in the answer",
    { contents: [user, call(), { role: "user", parts: [{ functionResponse: { name: "bash" } }] }] },
    "required field is missing",
  ],
  ["arguments as a text", { contents: [user, call({ args: "{}" }), answer()] }, "google.protobuf.Struct"],
  ["a temperature of 3", { generationConfig: { temperature: 3 } }, "supported range is from 0"],
  ["two candidates", { generationConfig: { candidateCount: 2 } }, "candidateCount"],
  ["a penalty", { generationConfig: { presencePenalty: 0.5 } }, "Penalty is not enabled for models/gemini-2.5-flash"],
  [
    "a budget beyond the model's",
    { generationConfig: { thinkingConfig: { thinkingBudget: 30_000 } } },
    "Please choose a value between 1 and 24576",
  ],
  ["six stops", { generationConfig: { stopSequences: ["a", "b", "c", "d", "e", "f"] } }, "less than or equal to 5"],
  [
    "a budget and a level",
    { generationConfig: { thinkingConfig: { thinkingBudget: 5, thinkingLevel: "low" } } },
    "only one of thinking budget and thinking level",
  ],
  [
    "a level of Gemini 2",
    { generationConfig: { thinkingConfig: { thinkingLevel: "low" } } },
    "not supported for this model",
  ],
  [
    "a schema without JSON",
    { generationConfig: { responseSchema: { type: "STRING" } } },
    "only allowed when response_mime_type",
  ],
  [
    "JSON beside functions of Gemini 2",
    { tools: declare(), generationConfig: { responseMimeType: "application/json" } },
    "Function calling with a response mime type",
  ],
  ["a name with a space", { tools: declare({ name: "a b" }) }, "Invalid function name"],
  ["the same function twice", { tools: [...declare(), ...declare()] }, "Duplicate function declaration found: bash"],
  ["two schemas", { tools: declare({ parametersJsonSchema: {} }) }, "mutually exclusive"],
  ["search beside functions", { tools: [...declare(), { googleSearch: {} }] }, "include_server_side_tool_invocations"],
  [
    "a configuration of no functions",
    { toolConfig: { functionCallingConfig: { mode: "AUTO" } } },
    "without function_declarations",
  ],
  [
    "names without ANY",
    { tools: declare(), toolConfig: { functionCallingConfig: { mode: "AUTO", allowedFunctionNames: ["bash"] } } },
    "only when function calling mode is ANY",
  ],
  [
    "a name that is not there",
    { tools: declare(), toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["x"] } } },
    "not among the function declarations",
  ],
  [
    "a mode in small letters",
    { tools: declare(), toolConfig: { functionCallingConfig: { mode: "any" } } },
    "FunctionCallingConfig.Mode",
  ],
])("%s is refused", async (_, body, words) => {
  const { status, error } = await send(body);
  expect([status, error.status, error.code]).toEqual([400, "INVALID_ARGUMENT", 400]);
  expect(error.message).toContain(words);
});

describe("schemas", () => {
  const path = "tools[0].function_declarations[0].parameters.properties[0].value";
  test.each<[what: string, tools: unknown, words: string]>([
    [
      "additionalProperties",
      schema({ type: "OBJECT", additionalProperties: false }),
      unknown("additionalProperties", path),
    ],
    ["$ref", schema({ $ref: "#/$defs/a" }), unknown("$ref", path)],
    ["const", schema({ const: 1 }), unknown("const", path)],
    ["oneOf", schema({ oneOf: [] }), unknown("oneOf", path)],
    ["exclusiveMinimum", schema({ type: "NUMBER", exclusiveMinimum: 0 }), unknown("exclusiveMinimum", path)],
    [
      "$schema",
      declare({ parameters: { ...parameters, $schema: "x" } }),
      unknown("$schema", "tools[0].function_declarations[0].parameters"),
    ],
    ["two types", schema({ type: ["STRING", "NULL"] }), "Proto field is not repeating, cannot start list."],
    ["an unknown type", schema({ type: "text" }), "Invalid value at"],
    ["an enum of numbers", schema({ type: "INTEGER", enum: [1, 2] }), "(TYPE_STRING), 1"],
    ["an enum that is no string's", schema({ type: "INTEGER", enum: ["1"] }), "only allowed for STRING type"],
    ["an empty word in an enum", schema({ type: "STRING", enum: ["a", ""] }), "enum[1]: cannot be empty"],
    ["an array of nothing", schema({ type: "ARRAY" }), "items: missing field"],
    ["an object of nothing", schema({ type: "OBJECT", properties: {} }), "should be non-empty for OBJECT type"],
    ["a format of a string", schema({ type: "STRING", format: "uri" }), "only 'enum' and 'date-time' are supported"],
    [
      "a requirement that is not there",
      declare({ parameters: { ...parameters, required: ["x"] } }),
      "required[0]: property is not defined",
    ],
  ])("%s is refused", async (_, tools, words) => {
    const { status, error } = await send({ tools });
    expect(status).toBe(400);
    expect(error.message).toContain(words);
  });

  test("a JSON schema may hold all of it, and types may be spelt small", async () => {
    const free = {
      type: "object",
      properties: { a: { $ref: "#/$defs/a" } },
      additionalProperties: false,
      $defs: { a: { const: 1 } },
    };
    expect(
      (await send({ tools: [{ functionDeclarations: [{ name: "bash", parametersJsonSchema: free }] }] })).status,
    ).toBe(200);
    expect((await send({ tools: schema({ type: "string", nullable: true }) })).status).toBe(200);
  });
});

describe("thought signatures", () => {
  const tools = declare();
  const step = async (model = pro) => {
    const { json } = await send({ tools }, model);
    return asObject(asObject(asArray(json.candidates)[0]).content);
  };
  const answerTo = (content: JsonObject) => {
    const calls = asArray(content.parts).map((part) => asObject(asObject(part).functionCall));
    return {
      role: "user",
      parts: calls.map(({ id, name }) => ({
        functionResponse: { ...(id ? { id } : {}), name, response: { output: "ok" } },
      })),
    };
  };
  const resign = (content: JsonObject, thoughtSignature: unknown) => ({
    ...content,
    parts: asArray(content.parts).map((part) => ({ ...asObject(part), thoughtSignature })),
  });
  const sendSteps = (contents: unknown[], model = pro) => send({ contents, tools }, model);

  test("are required on the first call of each step of the current turn, from Gemini 3 on", async () => {
    const made = await step();
    const bare = resign(made, undefined);
    const answered = answerTo(made);
    const { status, error } = await sendSteps([user, bare, answered]);
    expect(status).toBe(400);
    expect(error.message).toContain("missing a thought_signature in functionCall parts");
    expect(error.message).toContain("function call `default_api:bash` , position 2");
    expect((await sendSteps([user, made, answered])).status).toBe(200);
    const closed = [{ role: "model", parts: [{ text: "done" }] }, user];
    expect((await sendSteps([user, bare, answered, ...closed])).status).toBe(200);
    expect((await sendSteps([user, call(), answer()], old)).status).toBe(200);
  });

  test("must be ours, for that model and that call; the sentinels pass", async () => {
    const made = await step();
    const answered = answerTo(made);
    for (const foreign of ["QUJDRA==", "c2lnbmF0dXJl"]) {
      expect((await sendSteps([user, resign(made, foreign), answered])).error.message).toBe(
        "Thought signature is not valid.",
      );
    }
    expect((await sendSteps([user, made, answered], "gemini-3-flash-preview")).error.message).toContain("not valid");
    const other = await step();
    const [signature] = asArray(other.parts).map((part) => asObject(part).thoughtSignature);
    expect((await sendSteps([user, resign(made, signature), answered])).error.message).toContain("does not belong to");
    for (const sentinel of ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"]) {
      expect((await sendSteps([user, resign(made, sentinel), answered])).status).toBe(200);
    }
  });

  test("may stand on an empty text, and must be base64", async () => {
    const { json } = await send({ contents: [{ role: "user", parts: [{ text: "hello" }] }] }, pro);
    const spoken = asObject(asObject(asArray(json.candidates)[0]).content);
    const [part] = asArray(spoken.parts).map(asObject);
    const empty = { role: "model", parts: [{ text: "hi" }, { text: "", thoughtSignature: part?.thoughtSignature }] };
    expect((await sendSteps([user, empty, user])).status).toBe(200);
    const broken = { role: "model", parts: [{ text: "hi", thoughtSignature: "über" }] };
    expect((await sendSteps([user, broken, user])).error.message).toContain("Base64 decoding failed");
  });
});

test.each([
  ["gemini-2.5-pro", 100, "between 128 and 32768"],
  ["gemini-2.5-flash-lite", 100, "between 512 and 24576"],
  ["gemini-2.0-flash", 100, "Thinking is not enabled for this model"],
])("%s takes no budget of %d tokens", async (model, thinkingBudget, words) => {
  const { status, error } = await send({ generationConfig: { thinkingConfig: { thinkingBudget } } }, model);
  expect([status, error.message]).toEqual([400, expect.stringContaining(words)]);
});

test("an unknown model is not found", async () => {
  const { status, error } = await send({}, "gpt-5");
  expect([status, error.status]).toEqual([404, "NOT_FOUND"]);
});

test("a prompt that is too long is refused in Google's words", async () => {
  mock.setFaults("context=5");
  expect((await send({})).error.message).toMatch(
    /^The input token count \(\d+\) exceeds the maximum number of tokens allowed \(5\)\.$/,
  );
});

test("arguments that are no object end as a malformed call", async () => {
  mock.setFaults("args=truncated");
  const { json } = await send({ tools: declare() });
  const candidate = asObject(asArray(json.candidates)[0]);
  expect(candidate.finishReason).toBe("MALFORMED_FUNCTION_CALL");
  expect(asArray(asObject(candidate.content).parts)).toEqual([]);
});
