import { toArray, toObject, type Json } from "./call.ts";

/** A call that a model made. */
export interface SessionCall {
  id: string;
  name: string;
}

/** A client that keeps the whole conversation itself, and gives everything back as it came. */
export interface SessionClient {
  name: string;
  path(model: string): string;
  /** The first words of the user. */
  begin(prompt: string): Json[];
  body(model: string, history: readonly Json[]): Json;
  /** What of an answer goes into the history. */
  remember(answer: Json): Json[];
  calls(answer: Json): SessionCall[];
  results(calls: readonly SessionCall[], result: string): Json[];
  say(prompt: string): Json[];
  /** Everything of an answer that a user would see. */
  visible(answer: Json): string;
  /** The opaque strings that bring a thought back. */
  sealed(answer: Json): string[];
}

const parameters = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };
const description = "Runs a command.";

function texts(parts: unknown, field = "text"): string {
  return toArray(parts)
    .map((part) => String(toObject(part)[field] ?? ""))
    .join("\n");
}

const messages: SessionClient = {
  name: "anthropic-messages",
  path: () => "/v1/messages",
  begin: (prompt) => [{ role: "user", content: prompt }],
  body: (model, history) => ({
    model,
    max_tokens: 4000,
    messages: history,
    tools: [{ name: "Bash", description, input_schema: parameters }],
    thinking: { type: "adaptive" },
  }),
  remember: ({ content }) => [{ role: "assistant", content }],
  calls: ({ content }) =>
    toArray(content)
      .map(toObject)
      .filter((block) => block.type === "tool_use")
      .map((block) => ({ id: String(block.id), name: String(block.name) })),
  results: (calls, result) => [
    { role: "user", content: calls.map(({ id }) => ({ type: "tool_result", tool_use_id: id, content: result })) },
  ],
  say: (prompt) => [{ role: "user", content: [{ type: "text", text: prompt }] }],
  visible: ({ content }) =>
    texts(
      toArray(content)
        .map(toObject)
        .filter((block) => block.type === "text"),
    ),
  sealed: ({ content }) =>
    toArray(content)
      .map(toObject)
      .map((block) => block.signature ?? block.data)
      .filter((seal) => typeof seal === "string"),
};

function messageOf({ choices }: Json): Json {
  return toObject(toObject(toArray(choices)[0]).message);
}

const chat: SessionClient = {
  name: "openai-chat",
  path: () => "/v1/chat/completions",
  begin: (prompt) => [{ role: "user", content: prompt }],
  body: (model, history) => ({
    model,
    max_tokens: 4000,
    messages: history,
    tools: [{ type: "function", function: { name: "Bash", description, parameters } }],
    reasoning_effort: "high",
  }),
  remember: (answer) => [messageOf(answer)],
  calls: (answer) =>
    toArray(messageOf(answer).tool_calls)
      .map(toObject)
      .map((call) => ({ id: String(call.id), name: String(toObject(call.function).name) })),
  results: (calls, result) => calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: result })),
  say: (prompt) => [{ role: "user", content: prompt }],
  visible: (answer) => String(messageOf(answer).content ?? ""),
  sealed: (answer) =>
    toArray(messageOf(answer).reasoning_details)
      .map(toObject)
      .map((detail) => detail.signature ?? detail.data)
      .filter((seal) => typeof seal === "string"),
};

const responses: SessionClient = {
  name: "openai-responses",
  path: () => "/v1/responses",
  begin: (prompt) => [{ type: "message", role: "user", content: [{ type: "input_text", text: prompt }] }],
  body: (model, history) => ({
    model,
    input: history,
    store: false,
    include: ["reasoning.encrypted_content"],
    reasoning: { effort: "high", summary: "auto" },
    tools: [{ type: "function", name: "Bash", description, parameters, strict: false }],
  }),
  remember: ({ output }) => toArray(output).map(toObject),
  calls: ({ output }) =>
    toArray(output)
      .map(toObject)
      .filter((item) => item.type === "function_call")
      .map((item) => ({ id: String(item.call_id), name: String(item.name) })),
  results: (calls, result) => calls.map(({ id }) => ({ type: "function_call_output", call_id: id, output: result })),
  say: (prompt) => [{ type: "message", role: "user", content: [{ type: "input_text", text: prompt }] }],
  visible: ({ output }) =>
    toArray(output)
      .map(toObject)
      .filter((item) => item.type === "message")
      .map((item) => texts(item.content))
      .join("\n"),
  sealed: ({ output }) =>
    toArray(output)
      .map(toObject)
      .map((item) => item.encrypted_content)
      .filter((seal) => typeof seal === "string"),
};

function contentOf({ candidates }: Json): Json {
  return toObject(toObject(toArray(candidates)[0]).content);
}

const gemini: SessionClient = {
  name: "gemini",
  path: (model) => `/v1beta/models/${model}:generateContent`,
  begin: (prompt) => [{ role: "user", parts: [{ text: prompt }] }],
  body: (_model, history) => ({
    contents: history,
    tools: [{ functionDeclarations: [{ name: "Bash", description, parametersJsonSchema: parameters }] }],
    generationConfig: { maxOutputTokens: 4000, thinkingConfig: { includeThoughts: true } },
  }),
  remember: (answer) => [contentOf(answer)],
  calls: (answer) =>
    toArray(contentOf(answer).parts)
      .map((part) => toObject(toObject(part).functionCall))
      .filter((call) => call.name !== undefined)
      .map((call) => ({ id: String(call.id ?? ""), name: String(call.name) })),
  results: (calls, result) => [
    {
      role: "user",
      parts: calls.map(({ id, name }) => ({
        functionResponse: { ...(id === "" ? {} : { id }), name, response: { output: result } },
      })),
    },
  ],
  say: (prompt) => [{ role: "user", parts: [{ text: prompt }] }],
  visible: (answer) =>
    texts(
      toArray(contentOf(answer).parts)
        .map(toObject)
        .filter((part) => part.thought !== true),
    ),
  sealed: (answer) =>
    toArray(contentOf(answer).parts)
      .map((part) => toObject(part).thoughtSignature)
      .filter((seal) => typeof seal === "string"),
};

export const sessionClients: readonly SessionClient[] = [messages, chat, responses, gemini];
