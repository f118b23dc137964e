import { expect, test } from "vitest";
import { RequestError } from "../model/error.ts";
import type { ChatRequest } from "../model/chat-request.ts";
import { decodeRequest, echo } from "./decode-request.ts";

const contents = [{ role: "user", parts: [{ text: "hi" }] }];

function decode(body: object, stream = false): ChatRequest {
  return decodeRequest({ contents, ...body }, { model: "google/gemini-3-pro", stream });
}

function refusal(body: object): string | undefined {
  try {
    decode(body);
  } catch (error) {
    if (error instanceof RequestError) return `${error.error.code} ${error.error.param}`;
    throw error;
  }
  return undefined;
}

test("model and stream come from the path", () => {
  expect(decode({ model: "models/other" }, true)).toMatchObject({ model: "google/gemini-3-pro", stream: true });
});

test("every field in both spellings, what lies in schemas and arguments as it is", () => {
  const schema = { type: "object", properties: { snake_key: { type: "string" } } };
  const camel = {
    systemInstruction: { parts: [{ text: "Be brief." }] },
    tools: [{ functionDeclarations: [{ name: "f", parametersJsonSchema: schema }] }],
    toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["f"] } },
    generationConfig: {
      maxOutputTokens: 9,
      topP: 0.5,
      topK: 3,
      stopSequences: ["a"],
      presencePenalty: 1,
      frequencyPenalty: -1,
      seed: 7,
      thinkingConfig: { thinkingBudget: 100, includeThoughts: true },
      responseMimeType: "application/json",
      responseJsonSchema: schema,
      responseModalities: ["TEXT"],
    },
    safetySettings: [],
    cachedContent: "cachedContents/a",
    labels: { a_b: "c" },
  };
  const snake = {
    system_instruction: camel.systemInstruction,
    tools: [{ function_declarations: [{ name: "f", parameters_json_schema: schema }] }],
    tool_config: { function_calling_config: { mode: "any", allowed_function_names: ["f"] } },
    generation_config: {
      max_output_tokens: 9,
      top_p: 0.5,
      top_k: 3,
      stop_sequences: ["a"],
      presence_penalty: 1,
      frequency_penalty: -1,
      seed: 7,
      thinking_config: { thinking_budget: 100, include_thoughts: true },
      response_mime_type: "application/json",
      response_json_schema: schema,
      response_modalities: ["TEXT"],
    },
    safety_settings: [],
    cached_content: "cachedContents/a",
    labels: { a_b: "c" },
  };
  const read = decode(camel);
  expect(decode(snake)).toEqual(read);
  expect(read).toEqual({
    model: "google/gemini-3-pro",
    stream: false,
    system: [{ type: "text", text: "Be brief." }],
    messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
    tools: [{ kind: "function", name: "f", parameters: schema }],
    toolChoice: { type: "tool", name: "f" },
    maxOutputTokens: 9,
    stopSequences: ["a"],
    sampling: { topP: 0.5, topK: 3, presencePenalty: 1, frequencyPenalty: -1, seed: 7 },
    reasoning: { mode: "budget", budgetTokens: 100 },
    outputFormat: { type: "json-schema", name: "answer", schema },
    extensions: {
      gemini: {
        safetySettings: [],
        cachedContent: "cachedContents/a",
        labels: { a_b: "c" },
        generationConfig: { responseModalities: ["TEXT"] },
      },
    },
  });
});

test("Google's own schemas become JSON Schema", () => {
  const parameters = {
    type: "OBJECT",
    properties: {
      a: { type: "STRING", nullable: true, maxLength: "5", description: "d" },
      list: { type: "ARRAY", items: { any_of: [{ type: "INTEGER" }, { type: "NUMBER" }], nullable: true } },
      type: { type: "STRING", enum: ["X"], format: "enum" },
    },
    required: ["a"],
    propertyOrdering: ["a", "list"],
  };
  expect(decode({ tools: [{ functionDeclarations: [{ name: "f", parameters }] }] }).tools).toEqual([
    {
      kind: "function",
      name: "f",
      parameters: {
        type: "object",
        properties: {
          a: { type: ["string", "null"], maxLength: 5, description: "d" },
          list: { type: "array", items: { anyOf: [{ type: "integer" }, { type: "number" }, { type: "null" }] } },
          type: { type: "string", enum: ["X"], format: "enum" },
        },
        required: ["a"],
        propertyOrdering: ["a", "list"],
      },
    },
  ]);
});

test("Google's own tools are hosted; its search is one that the gateway can do", () => {
  const tools = [
    { googleSearch: { excludeDomains: ["a.com"] } },
    { code_execution: {} },
    { urlContext: {}, functionDeclarations: [{ name: "f" }] },
  ];
  expect(decode({ tools }).tools).toEqual([
    {
      kind: "hosted",
      name: "googleSearch",
      protocol: "gemini",
      hostedType: "googleSearch",
      value: { googleSearch: { excludeDomains: ["a.com"] } },
      service: { type: "web-search", blockedDomains: ["a.com"] },
    },
    {
      kind: "hosted",
      name: "codeExecution",
      protocol: "gemini",
      hostedType: "codeExecution",
      value: { codeExecution: {} },
    },
    { kind: "hosted", name: "urlContext", protocol: "gemini", hostedType: "urlContext", value: { urlContext: {} } },
    { kind: "function", name: "f", parameters: { type: "object", properties: {} } },
  ]);
  expect(decode({ tools: [{ google_search_retrieval: {} }] }).tools[0]).toMatchObject({
    service: { type: "web-search" },
  });
});

test.each([
  [{ mode: "AUTO" }, { type: "auto" }, undefined],
  [{ mode: "NONE" }, { type: "none" }, undefined],
  [{ mode: "ANY" }, { type: "required" }, undefined],
  [{}, { type: "auto" }, undefined],
  [{ mode: "VALIDATED" }, { type: "auto" }, { functionCallingConfig: { mode: "VALIDATED" } }],
  [
    { mode: "ANY", allowedFunctionNames: ["a", "b"] },
    { type: "required" },
    { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["a", "b"] } },
  ],
])("functionCallingConfig %j is the choice %j", (functionCallingConfig, toolChoice, kept) => {
  const read = decode({ toolConfig: { functionCallingConfig } });
  expect(read.toolChoice).toEqual(toolChoice);
  expect(read.extensions.gemini?.toolConfig).toEqual(kept);
});

test.each([
  [{ thinkingBudget: 0 }, { mode: "off" }, false],
  [{ thinkingBudget: -1, includeThoughts: true }, { mode: "auto" }, true],
  [{ thinkingBudget: 512 }, { mode: "budget", budgetTokens: 512, display: "omitted" }, false],
  [{ thinkingLevel: "low" }, { mode: "auto", effort: "low", display: "omitted" }, false],
  [{ thinkingLevel: "HIGH", includeThoughts: true }, { mode: "auto", effort: "high" }, true],
  [undefined, undefined, false],
])("thinkingConfig %j is %j, and thoughts are shown: %s", (thinkingConfig, reasoning, shown) => {
  const read = decode({ generationConfig: { thinkingConfig } });
  expect(read.reasoning).toEqual(reasoning);
  expect(echo(read)).toEqual({ includeThoughts: shown });
});

test.each([
  [{ responseMimeType: "application/json" }, { type: "json-object", unsaid: true }, undefined],
  [{ responseMimeType: "text/plain" }, undefined, undefined],
  [
    { responseMimeType: "application/json", responseSchema: { type: "STRING" } },
    { type: "json-schema", name: "answer", schema: { type: "string" } },
    undefined,
  ],
  [
    { responseMimeType: "text/x.enum", responseSchema: { type: "STRING", enum: ["a"] } },
    undefined,
    { responseMimeType: "text/x.enum", responseSchema: { type: "STRING", enum: ["a"] } },
  ],
])("of %j the format is %j", (generationConfig, format, kept) => {
  const read = decode({ generationConfig });
  expect(read.outputFormat).toEqual(format);
  expect(read.extensions.gemini?.generationConfig).toEqual(kept);
});

test.each([
  [{ contents: [] }, "invalid_request contents"],
  [{ contents: "hi" }, "invalid_request contents"],
  [{ contents: [{ role: "system", parts: [{ text: "a" }] }] }, "invalid_request contents[0].role"],
  [{ contents: [{ role: "user", parts: [{}] }] }, "invalid_request contents[0].parts[0]"],
  [{ contents: [{ role: "user", parts: [{ text: 1 }] }] }, "invalid_request contents[0].parts[0].text"],
  [
    { contents: [{ role: "user", parts: [{ functionResponse: { name: "f", response: {} } }] }] },
    "invalid_request contents[0].parts[0].functionResponse.name",
  ],
  [
    { contents: [{ role: "model", parts: [{ functionCall: { args: {} } }] }] },
    "invalid_request contents[0].parts[0].functionCall.name",
  ],
  [
    { contents: [{ role: "user", parts: [{ inlineData: { data: "AAAA" } }] }] },
    "invalid_request contents[0].parts[0].inlineData.mimeType",
  ],
  [{ generationConfig: { candidateCount: 2 } }, "unsupported_parameter generationConfig.candidateCount"],
  [{ generationConfig: { temperature: "1" } }, "invalid_request generationConfig.temperature"],
  [
    { generationConfig: { thinkingConfig: { thinkingLevel: "huge" } } },
    "invalid_request generationConfig.thinkingConfig.thinkingLevel",
  ],
  [
    { toolConfig: { functionCallingConfig: { mode: "SOME" } } },
    "invalid_request toolConfig.functionCallingConfig.mode",
  ],
  [{ tools: [{ functionDeclarations: [{}] }] }, "invalid_request tools[0].functionDeclarations[0].name"],
  [
    { tools: [{ functionDeclarations: [{ name: "f" }, { name: "f" }] }] },
    "invalid_request tools[0].functionDeclarations[1].name",
  ],
  [{ systemInstruction: { parts: [{ inlineData: {} }] } }, "invalid_request systemInstruction.parts[0].text"],
])("%j is refused by name", (body, refused) => {
  expect(refusal(body)).toBe(refused);
});

test("without a path the body names the model", () => {
  expect(decodeRequest({ model: "m", contents }).model).toBe("m");
  expect(() => decodeRequest({ contents })).toThrow("model");
});
