import type { Conversation, ConversationMessage, OfferedTool, ToolChoice } from "../agent/conversation.ts";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";

/** Reads a request and its resolved items into what the agent understands. `open` unseals a compaction's summary. */
export function readResponsesConversation(
  body: JsonObject,
  items: JsonObject[],
  model: string,
  thinks: boolean,
  open: (item: JsonObject) => string,
): Conversation {
  const instructions = typeof body.instructions === "string" ? [body.instructions] : [];
  const format = asObject(asObject(body.text).format);
  const loaded = items.flatMap((item) =>
    item.type === "tool_search_output" || item.type === "additional_tools" ? asArray(item.tools) : [],
  );
  const tools = [...asArray(body.tools), ...loaded].map(asObject);
  return {
    model,
    messages: [
      { role: "system", texts: instructions, calls: [], results: [] },
      ...joinAssistant(items.map((item) => readItem(item, open))),
    ],
    tools: tools.flatMap((tool) => readTool(tool, loaded.includes(tool))),
    searchesWeb: tools.some((tool) => String(tool.type).startsWith("web_search")),
    toolChoice: readToolChoice(body.tool_choice),
    thinks,
    answerSchema:
      format.type === "json_schema" ? asObject(format.schema) : format.type === "json_object" ? "any" : undefined,
    maxTokens: typeof body.max_output_tokens === "number" ? body.max_output_tokens : undefined,
    stop: [],
  };
}

function readItem(item: JsonObject, open: (item: JsonObject) => string): ConversationMessage | undefined {
  const blank = { texts: [], calls: [], results: [] };
  switch (item.type ?? "message") {
    case "message": {
      const role = item.role === "assistant" || item.role === "user" ? item.role : "system";
      return { ...blank, role, texts: readTexts(item.content) };
    }
    case "function_call":
    case "custom_tool_call":
    case "tool_search_call": {
      const text = item.input ?? item.arguments;
      const argumentsText = typeof text === "string" ? text : JSON.stringify(text);
      return {
        ...blank,
        role: "assistant",
        calls: [{ id: String(item.call_id), name: String(item.name), argumentsText }],
      };
    }
    case "function_call_output":
    case "custom_tool_call_output":
      return { ...blank, role: "user", results: [readResult(item, readTexts(item.output).join("\n"))] };
    case "tool_search_output":
      return { ...blank, role: "user", results: [readResult(item, JSON.stringify(item.tools))] };
    case "compaction":
      return { ...blank, role: "user", texts: [open(item)] };
    default:
      return undefined;
  }
}

function readResult(item: JsonObject, text: string): ConversationMessage["results"][number] {
  return { callId: String(item.call_id), text, isError: false };
}

// One turn of the model is several items here; the agent must not take a text beside calls for a finished answer.
function joinAssistant(read: (ConversationMessage | undefined)[]): ConversationMessage[] {
  const messages: ConversationMessage[] = [];
  for (const message of read) {
    if (!message) continue;
    const last = messages.at(-1);
    if (last?.role !== "assistant" || message.role !== "assistant") messages.push(message);
    else
      messages[messages.length - 1] = {
        ...last,
        texts: [...last.texts, ...message.texts],
        calls: [...last.calls, ...message.calls],
      };
  }
  return messages;
}

function readTexts(content: unknown): string[] {
  if (typeof content === "string") return [content];
  return asArray(content)
    .map((part) => asObject(part).text)
    .filter((text) => typeof text === "string");
}

// Deferred tools are not loaded until a search has found them.
function readTool(tool: JsonObject, isLoaded: boolean): OfferedTool[] {
  if (tool.type === "namespace") {
    return asArray(tool.tools).flatMap((inner) =>
      readTool(asObject(inner), isLoaded).map((one) => ({ ...one, namespace: String(tool.name) })),
    );
  }
  if (tool.defer_loading === true && !isLoaded) return [];
  const description = String(tool.description ?? "");
  switch (tool.type) {
    case "function":
      return [{ name: String(tool.name), description, schema: asObject(tool.parameters) }];
    case "custom":
      return [{ name: String(tool.name), description, schema: {}, kind: "custom" }];
    case "tool_search":
      return tool.execution === "client"
        ? [{ name: "tool_search", description, schema: asObject(tool.parameters), kind: "tool-search" }]
        : [];
    default:
      return [];
  }
}

function readToolChoice(choice: unknown): ToolChoice {
  if (choice === "none" || choice === "required") return { type: choice };
  const { type, name, mode } = asObject(choice);
  if (type === "allowed_tools") return mode === "required" ? { type: "required" } : { type: "auto" };
  return typeof name === "string" ? { type: "named", name } : { type: "auto" };
}
