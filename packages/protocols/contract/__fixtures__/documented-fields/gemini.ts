import { marked, push, topLevel, type Body, type Details, type DocumentedField } from "./documented-field.ts";

/*
 * What Google documents of POST :generateContent (https://ai.google.dev/api/generate-content), but for more than one answer.
 */

/** Contents that belong together, at the end of the conversation. */
function contents(name: string, noted: RegExp, list: readonly unknown[], details?: Details): DocumentedField {
  return {
    name,
    noted,
    add: (body, mark, without) => push(body, "contents", ...(marked(list, mark, without) as unknown[])),
    ...(details !== undefined && { details }),
  };
}

/** A part of what the user says. */
function part(name: string, noted: RegExp, value: object, details?: Details): DocumentedField {
  return contents(name, noted, [{ role: "user", parts: [value] }], details);
}

/** A part of what the model has said. */
function said(name: string, noted: RegExp, ...parts: readonly object[]): DocumentedField {
  return contents(name, noted, [
    { role: "model", parts },
    { role: "user", parts: [{ text: "go on" }] },
  ]);
}

function tool(name: string, noted: RegExp, value: object, rest: Partial<DocumentedField> = {}): DocumentedField {
  return { name, noted, add: (body, mark, without) => push(body, "tools", marked(value, mark, without)), ...rest };
}

function within(outer: string, fields: object) {
  return (body: Body, mark: string, without?: string): void => {
    body[outer] = { ...(body[outer] as object | undefined), ...(marked(fields, mark, without) as object) };
  };
}

/** A field of generationConfig. */
function config(name: string, fields: object, noted: RegExp, rest: Partial<DocumentedField> = {}): DocumentedField {
  return { name, noted, add: within("generationConfig", fields), ...rest };
}

function choice(name: string, functionCallingConfig: object): DocumentedField {
  return {
    name,
    noted: /^tool_choice|^toolConfig|^tools$/,
    needs: ["look"],
    group: "choice",
    add: within("toolConfig", { functionCallingConfig }),
  };
}

const schema = { type: "object", properties: { "§p": { type: "string", description: "§q" } }, required: ["§p"] };
const ownSchema = { type: "OBJECT", properties: { "§p": { type: "STRING", description: "§q" } }, required: ["§p"] };
const look = { name: "look", parameters: { type: "OBJECT", properties: { v: { type: "STRING" } } } };
const reasoning = /^(reasoning|thinking)|^output_config\.effort$/;
const format = /^response_format|^output_config\.format$/;

function calls(...names: string[]): object {
  return {
    role: "model",
    parts: names.map((id) => ({ functionCall: { id, name: "look", args: { v: `§a` } } })),
  };
}

function response(id: string, fields: object): object {
  return { functionResponse: { id, name: "look", ...fields } };
}

export const geminiBase = { model: "any", contents: [{ role: "user", parts: [{ text: "hello" }] }] };

export const geminiFields: readonly DocumentedField[] = [
  config("temperature", { temperature: 0.71 }, /^temperature$/),
  config("topP", { topP: 0.83 }, /^top_p$/),
  config("topK", { topK: 7 }, /^top_k$/),
  config("frequencyPenalty", { frequencyPenalty: 0.11 }, /^frequency_penalty$/),
  config("presencePenalty", { presencePenalty: 0.12 }, /^presence_penalty$/),
  config("seed", { seed: 4242 }, /^seed$/),
  config("maxOutputTokens", { maxOutputTokens: 4321 }, /^max_(completion_|output_)?tokens$/),
  config("stopSequences", { stopSequences: ["§a", "§b"] }, /^stop(_sequences)?$/),
  config("responseMimeType", { responseMimeType: "application/json" }, format, { group: "format" }),
  config("responseSchema", { responseMimeType: "application/json", responseSchema: ownSchema }, format, { group: "format" }),
  config("responseJsonSchema", { responseMimeType: "application/json", responseJsonSchema: schema }, format, { group: "format" }),
  config("an enum for the answer", { responseMimeType: "text/x.enum", responseSchema: { type: "STRING", enum: ["§a"] } }, /^generationConfig/, { group: "format" }),
  config("responseModalities", { responseModalities: ["TEXT", "IMAGE"] }, /^generationConfig/),
  config("mediaResolution", { mediaResolution: "MEDIA_RESOLUTION_LOW" }, /^generationConfig/),
  config("speechConfig", { speechConfig: { languageCode: "§a" } }, /^generationConfig/),
  config("responseLogprobs", { responseLogprobs: true, logprobs: 3 }, /^generationConfig/),
  config("thinkingBudget", { thinkingConfig: { thinkingBudget: 2345, includeThoughts: true } }, reasoning, { group: "thinking" }),
  config("no thinking", { thinkingConfig: { thinkingBudget: 0 } }, reasoning, { group: "thinking", wish: "do-not-think" }),
  config("thinkingLevel", { thinkingConfig: { thinkingLevel: "low", includeThoughts: true } }, reasoning, { group: "thinking" }),
  topLevel("safetySettings", [{ category: "§a", threshold: "BLOCK_NONE" }]),
  topLevel("cachedContent", "cachedContents/§a"),
  topLevel("labels", { "§a": "§b" }),
  topLevel("serviceTier", "flex"),
  topLevel("systemInstruction", { parts: [{ text: "§a" }, { text: "§b" }] }, { noted: /^system/ }),

  tool("a function", /^tools/, { functionDeclarations: [{ name: "§f", description: "§d", parametersJsonSchema: schema }] }),
  tool("a function with Google's schema", /^tools/, {
    functionDeclarations: [{ name: "§f", description: "§d", parameters: ownSchema }],
  }),
  tool(
    "a function with more",
    /^tools/,
    { functionDeclarations: [{ name: "§f", behavior: "BLOCKING", response: { type: "STRING" } }] },
    { details: { behavior: /^tools\.behavior$/, response: /^tools\.response$/ } },
  ),
  tool("googleSearch", /^tools/, { googleSearch: { excludeDomains: ["§a.com"] } }),
  tool("codeExecution", /^tools/, { codeExecution: {} }),
  tool("urlContext", /^tools/, { urlContext: {} }),
  tool("look", /^tools/, { functionDeclarations: [look] }),
  choice("a choice of any", { mode: "ANY" }),
  choice("a choice of one", { mode: "ANY", allowedFunctionNames: ["look"] }),
  choice("no choice", { mode: "NONE" }),
  choice("a validated choice", { mode: "VALIDATED" }),
  {
    name: "retrievalConfig",
    noted: /^toolConfig/,
    needs: ["look"],
    add: within("toolConfig", { retrievalConfig: { languageCode: "§a" } }),
  },

  part("text", /^messages/, { text: "§a" }),
  part("an image", /image$/, { inlineData: { mimeType: "image/png", data: "§aAA" } }),
  part("an image with its resolution", /image/, { inlineData: { mimeType: "image/png", data: "§aAA" }, mediaResolution: { level: "MEDIA_RESOLUTION_HIGH" } }, { mediaResolution: /image(\.mediaResolution)?$/ }),
  part("an image by its address", /image$/, { fileData: { mimeType: "image/png", fileUri: "https://example.com/§a.png" } }),
  part("a document", /document/, { inlineData: { mimeType: "application/pdf", data: "§aAA", displayName: "§b.pdf" } }),
  part("a stored file", /document|image/, { fileData: { mimeType: "application/pdf", fileUri: "gs://bucket/§a.pdf" } }),
  part("sound", /inlineData/, { inlineData: { mimeType: "audio/wav", data: "§aAA" } }),
  part("a video", /fileData/, { fileData: { fileUri: "https://youtu.be/§a" }, videoMetadata: { fps: 1 } }),
  said("an answer", /^messages/, { text: "§a" }),
  said("an answer with a thought", /^messages/, { text: "§t", thought: true }, { text: "§a" }),
  said("an answer that Google signed", /^messages/, { text: "§a", thoughtSignature: "§sAA" }),
  said("code that was run", /executableCode|codeExecutionResult/, { executableCode: { language: "PYTHON", code: "§a" } }),
  contents("a call with its result", /^messages/, [
    calls("call_§1"),
    { role: "user", parts: [response("call_§1", { response: { output: "§r" } })] },
  ]),
  contents("calls with their results", /^messages/, [
    calls("call_§1", "call_§2"),
    {
      role: "user",
      parts: [
        response("call_§2", { response: { error: "§r" } }),
        response("call_§1", { response: { "§s": 1 } }),
      ],
    },
  ]),
  contents("a result with an image", /image/, [
    calls("call_§1"),
    {
      role: "user",
      parts: [
        response("call_§1", { response: { output: "§r" }, parts: [{ inlineData: { mimeType: "image/png", data: "§aAA" } }] }),
      ],
    },
  ]),
];
