import type { Conversation, ConversationMessage, OfferedTool, ToolChoice } from "../agent/conversation.ts";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";

/** Reads a chat request into what the agent understands. */
export function readChatConversation(body: JsonObject, model: string, thinks: boolean): Conversation {
  const raw = asArray(body.messages).map(asObject);
  const last = raw.at(-1);
  const isPrefilled = last?.role === "assistant" && asArray(last.tool_calls).length === 0;
  const spoken = isPrefilled ? raw.slice(0, -1) : raw;
  return {
    model,
    messages: spoken.map(readMessage),
    tools: asArray(body.tools).map(readTool),
    toolChoice: readToolChoice(body.tool_choice),
    thinks,
    answerSchema: readAnswerSchema(body.response_format),
    maxTokens: readLimit(body.max_completion_tokens) ?? readLimit(body.max_tokens),
    stop: (typeof body.stop === "string" ? [body.stop] : asArray(body.stop)).map(String),
    prefill: isPrefilled ? readTexts(last.content).join("") : undefined,
  };
}

function readMessage(message: JsonObject): ConversationMessage {
  const texts = readTexts(message.content);
  switch (message.role) {
    case "tool":
      return {
        role: "user",
        texts: [],
        calls: [],
        results: [{ callId: String(message.tool_call_id), text: texts.join("\n"), isError: false }],
      };
    case "assistant":
      return { role: "assistant", texts, calls: asArray(message.tool_calls).map(readCall), results: [] };
    case "user":
      return { role: "user", texts, calls: [], results: [] };
    default:
      return { role: "system", texts, calls: [], results: [] };
  }
}

function readCall(raw: unknown): ConversationMessage["calls"][number] {
  const call = asObject(raw);
  const definition = asObject(call.function);
  return { id: String(call.id), name: String(definition.name), argumentsText: String(definition.arguments) };
}

function readTexts(content: unknown): string[] {
  if (typeof content === "string") return [content];
  return asArray(content)
    .map((part) => asObject(part).text)
    .filter((text) => typeof text === "string");
}

function readTool(raw: unknown): OfferedTool {
  const definition = asObject(asObject(raw).function);
  return {
    name: String(definition.name),
    description: String(definition.description ?? ""),
    schema: asObject(definition.parameters),
  };
}

function readToolChoice(choice: unknown): ToolChoice {
  if (choice === "none" || choice === "required") return { type: choice };
  if (choice === "any") return { type: "required" };
  const name = asObject(asObject(choice).function).name;
  return typeof name === "string" ? { type: "named", name } : { type: "auto" };
}

function readAnswerSchema(format: unknown): JsonObject | "any" | undefined {
  const { type, json_schema: described } = asObject(format);
  if (type === "json_schema") return asObject(asObject(described).schema);
  return type === "json_object" ? "any" : undefined;
}

function readLimit(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
