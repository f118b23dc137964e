import type { Conversation, ConversationMessage, OfferedTool, ToolChoice } from "../agent/conversation.ts";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";

/** Reads a generateContent request into what the agent understands. */
export function readGeminiConversation(body: JsonObject, model: string, thinks: boolean): Conversation {
  const config = asObject(body.generationConfig);
  const tools = asArray(body.tools).map(asObject);
  const contents = asArray(body.contents).map(asObject);
  const last = contents.at(-1);
  const isPrefilled = last?.role === "model";
  const spoken = isPrefilled ? contents.slice(0, -1) : contents;
  return {
    model,
    messages: [
      { role: "system", texts: readTexts(asObject(body.systemInstruction)), calls: [], results: [] },
      ...spoken.map(readContent),
    ],
    tools: tools.flatMap((tool) => asArray(tool.functionDeclarations).map(readTool)),
    searchesWeb: tools.some((tool) => tool.googleSearch !== undefined || tool.googleSearchRetrieval !== undefined),
    toolChoice: readToolChoice(body.toolConfig),
    thinks,
    answerSchema: readAnswerSchema(config),
    maxTokens: typeof config.maxOutputTokens === "number" ? config.maxOutputTokens : undefined,
    stop: asArray(config.stopSequences).map(String),
    prefill: isPrefilled ? readTexts(asObject(last)).join("") : undefined,
  };
}

function readContent(content: JsonObject, at: number): ConversationMessage {
  const parts = asArray(content.parts).map(asObject);
  const calls = parts.map((part) => part.functionCall).filter((call) => call !== undefined);
  const results = parts.map((part) => part.functionResponse).filter((result) => result !== undefined);
  return {
    role: content.role === "model" ? "assistant" : "user",
    texts: readTexts(content),
    calls: calls.map(asObject).map((call, index) => ({
      id: String(call.id ?? `${at + 1}:${index}`),
      name: String(call.name),
      argumentsText: JSON.stringify(call.args ?? {}),
    })),
    // Older models' calls have no ids; the place in the conversation keeps them apart.
    results: results.map(asObject).map((result, index) => readResult(result, `${at}:${index}`)),
  };
}

function readResult(result: JsonObject, place: string): ConversationMessage["results"][number] {
  const response = asObject(result.response);
  const text = response.output ?? response.result ?? response.error ?? response.content;
  return {
    callId: String(result.id ?? place),
    text: typeof text === "string" ? text : JSON.stringify(text ?? response),
    isError: response.error !== undefined,
  };
}

function readTexts(content: JsonObject): string[] {
  return asArray(content.parts)
    .map(asObject)
    .filter((part) => part.thought !== true)
    .map((part) => part.text)
    .filter((text): text is string => typeof text === "string" && text !== "");
}

function readTool(raw: unknown): OfferedTool {
  const { name, description = "", parameters, parametersJsonSchema } = asObject(raw);
  const schema = parametersJsonSchema ?? lowerTypes(parameters);
  return { name: String(name), description: String(description), schema: asObject(schema) };
}

// Google's types are upper case, the agent's schemas are JSON Schema.
function lowerTypes(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(lowerTypes);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === "type" && typeof value === "string" ? value.toLowerCase() : lowerTypes(value),
    ]),
  );
}

function readToolChoice(toolConfig: unknown): ToolChoice {
  const { mode, allowedFunctionNames } = asObject(asObject(toolConfig).functionCallingConfig);
  const names = asArray(allowedFunctionNames);
  if (mode === "NONE") return { type: "none" };
  if (mode !== "ANY") return { type: "auto" };
  return names.length === 1 ? { type: "named", name: String(names[0]) } : { type: "required" };
}

function readAnswerSchema(config: JsonObject): Conversation["answerSchema"] {
  const schema = config.responseJsonSchema ?? config._responseJsonSchema ?? lowerTypes(config.responseSchema);
  if (schema !== undefined) return asObject(schema);
  return config.responseMimeType === "application/json" ? "any" : undefined;
}
