import { checkAnthropicStream, checkGeminiStream, checkResponsesStream } from "@onerouter/protocols/grammar/index";
import { readEvents, toArray, toObject, type Heard, type Json } from "./call.ts";

/** A call as a client reads it. */
export interface HeardCall {
  id: string;
  name: string;
  /** The text where the protocol has one, else the object as JSON. */
  arguments: string;
}

export interface OfferedTool {
  name: string;
  schema: Json;
}

/** A client that offers tools, in one prompt without a history, and reads the calls it gets. */
export interface CallingClient {
  name: "anthropic-messages" | "openai-chat" | "openai-responses" | "gemini";
  path(model: string, stream: boolean): string;
  body(model: string, prompt: string, tools: readonly OfferedTool[], stream: boolean): Json;
  calls(heard: Heard): HeardCall[];
  text(heard: Heard): string;
  /** What is wrong with an answer that was streamed. */
  faults(text: string): string[];
  /** The error that a stream or a whole answer tells. */
  error(heard: Heard): Json | undefined;
}

/** Events by the key of what they add to, each time the parts put together. */
function gather(heard: Heard, read: (event: Json) => { key: unknown; part: Json; text?: unknown } | undefined): Json[] {
  const gathered = new Map<unknown, Json>();
  for (const event of readEvents(heard.text)) {
    const found = read(event);
    if (found === undefined) continue;
    const known = gathered.get(found.key) ?? { text: "" };
    const text = typeof found.text === "string" ? found.text : "";
    gathered.set(found.key, { ...known, ...found.part, text: String(known.text) + text });
  }
  return [...gathered.values()];
}

const isStream = ({ headers }: Heard): boolean => String(headers["content-type"]).startsWith("text/event-stream");
const objects = (value: unknown): Json[] => toArray(value).map(toObject);

const messages: CallingClient = {
  name: "anthropic-messages",
  path: () => "/v1/messages",
  body: (model, prompt, tools, stream) => ({
    model,
    max_tokens: 4000,
    stream,
    messages: [{ role: "user", content: prompt }],
    tools: tools.map(({ name, schema }) => ({ name, input_schema: schema })),
  }),
  calls(heard) {
    if (!isStream(heard)) {
      return objects(heard.json.content)
        .filter(({ type }) => type === "tool_use")
        .map(({ id, name, input }) => ({ id: String(id), name: String(name), arguments: JSON.stringify(input) }));
    }
    const blocks = gather(heard, ({ type, index, content_block: block, delta }) => {
      if (type === "content_block_start") return { key: index, part: toObject(block) };
      const text = toObject(delta).partial_json;
      return type === "content_block_delta" ? { key: index, part: {}, text } : undefined;
    });
    return blocks
      .filter(({ type }) => type === "tool_use")
      .map(({ id, name, text }) => ({ id: String(id), name: String(name), arguments: String(text) }));
  },
  text(heard) {
    const parts = isStream(heard) ? readEvents(heard.text).map(({ delta }) => delta) : toArray(heard.json.content);
    return objects(parts)
      .map(({ text }) => text ?? "")
      .join("");
  },
  faults: checkAnthropicStream,
  error: ({ text, json }) => find(text, json, (event) => (event.type === "error" ? toObject(event.error) : undefined)),
};

const chat: CallingClient = {
  name: "openai-chat",
  path: () => "/v1/chat/completions",
  body: (model, prompt, tools, stream) => ({
    model,
    max_tokens: 4000,
    stream,
    messages: [{ role: "user", content: prompt }],
    tools: tools.map(({ name, schema }) => ({ type: "function", function: { name, parameters: schema } })),
  }),
  calls(heard) {
    const whole = (call: Json): HeardCall => {
      const made = toObject(call.function);
      return { id: String(call.id), name: String(made.name), arguments: String(made.arguments) };
    };
    if (!isStream(heard)) return objects(messageOf(heard.json).tool_calls).map(whole);
    const calls = new Map<unknown, HeardCall>();
    for (const event of readEvents(heard.text)) {
      for (const piece of objects(toObject(toObject(toArray(event.choices)[0]).delta).tool_calls)) {
        const known = calls.get(piece.index);
        if (known === undefined) calls.set(piece.index, { ...whole(piece) });
        else known.arguments += String(toObject(piece.function).arguments ?? "");
      }
    }
    return [...calls.values()];
  },
  text(heard) {
    if (!isStream(heard)) return String(messageOf(heard.json).content ?? "");
    return readEvents(heard.text)
      .map((event) => toObject(toObject(toArray(event.choices)[0]).delta).content ?? "")
      .join("");
  },
  faults: checkChatStream,
  error: ({ text, json }) => find(text, json, ({ error }) => (error === undefined ? undefined : toObject(error))),
};

function messageOf({ choices }: Json): Json {
  return toObject(toObject(toArray(choices)[0]).message);
}

/** What a chat stream owes its readers: one role, one reason at the end, calls that begin with id and name, `[DONE]`. */
function checkChatStream(text: string): string[] {
  const faults: string[] = [];
  const events = readEvents(text);
  if (events.at(-1)?.done !== true) faults.push("no [DONE] at the end");
  let roles = 0;
  let reasons = 0;
  let calls = 0;
  for (const event of events) {
    if (event.done === true) continue;
    if (!Array.isArray(event.choices)) faults.push(`no chunk: ${JSON.stringify(event).slice(0, 100)}`);
    const choice = toObject(toArray(event.choices)[0]);
    const { role, tool_calls: pieces } = toObject(choice.delta);
    if (role !== undefined) roles += 1;
    if (reasons > 0 && Object.keys(toObject(choice.delta)).length > 0) faults.push("content after the end");
    if (typeof choice.finish_reason === "string") reasons += 1;
    for (const { index, id, function: made } of objects(pieces)) {
      if (index === calls) {
        calls += 1;
        if (typeof id !== "string" || id === "") faults.push("a call without an id");
        if (typeof toObject(made).name !== "string") faults.push("a call without a name");
      } else if (index !== calls - 1) faults.push(`call ${String(index)} out of order`);
    }
  }
  if (roles !== 1) faults.push(`${roles} roles`);
  if (reasons !== 1) faults.push(`${reasons} finish reasons`);
  return faults;
}

const responses: CallingClient = {
  name: "openai-responses",
  path: () => "/v1/responses",
  body: (model, prompt, tools, stream) => ({
    model,
    stream,
    store: false,
    input: prompt,
    tools: tools.map(({ name, schema }) => ({ type: "function", name, parameters: schema, strict: false })),
  }),
  calls: (heard) =>
    objects(outputOf(heard))
      .filter(({ type }) => type === "function_call")
      .map((item) => ({ id: String(item.call_id), name: String(item.name), arguments: String(item.arguments) })),
  text: (heard) =>
    objects(outputOf(heard))
      .filter(({ type }) => type === "message")
      .flatMap(({ content }) => objects(content))
      .map(({ text }) => text ?? "")
      .join(""),
  faults: checkResponsesStream,
  error: ({ text, json }) =>
    find(text, json, (event) => {
      const failed = event.type === "response.failed" ? toObject(event.response).error : undefined;
      const error =
        failed ?? (event.type === "error" || event.type === undefined ? (event.error ?? undefined) : undefined);
      return error === undefined ? undefined : toObject(error);
    }),
};

function outputOf(heard: Heard): unknown {
  if (!isStream(heard)) return heard.json.output;
  const items = readEvents(heard.text).filter(({ type }) => type === "response.output_item.done");
  return items.map(({ item }) => item);
}

const gemini: CallingClient = {
  name: "gemini",
  path: (model, stream) => `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
  body: (_model, prompt, tools) => ({
    contents: [{ role: "user", parts: [{ text: prompt }] }],
    tools: [{ functionDeclarations: tools.map(({ name, schema }) => ({ name, parametersJsonSchema: schema })) }],
    generationConfig: { maxOutputTokens: 4000 },
  }),
  calls: (heard) =>
    geminiParts(heard)
      .map(({ functionCall }) => toObject(functionCall))
      .filter(({ name }) => name !== undefined)
      .map(({ id, name, args }) => ({ id: String(id), name: String(name), arguments: JSON.stringify(args ?? {}) })),
  text: (heard) =>
    geminiParts(heard)
      .filter(({ thought }) => thought !== true)
      .map(({ text }) => text ?? "")
      .join(""),
  faults: checkGeminiStream,
  error: ({ text, json }) => find(text, json, ({ error }) => (error === undefined ? undefined : toObject(error))),
};

function geminiParts(heard: Heard): Json[] {
  const answers = isStream(heard) ? readEvents(heard.text) : [heard.json];
  return answers.flatMap(({ candidates }) => objects(toObject(toObject(toArray(candidates)[0]).content).parts));
}

function find(text: string, json: Json, read: (event: Json) => Json | undefined): Json | undefined {
  const events = text.includes("data:") ? readEvents(text) : [json];
  return events.map(read).find((error) => error !== undefined);
}

export const callingClients: readonly CallingClient[] = [messages, chat, responses, gemini];
