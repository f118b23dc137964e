import type { Conversation, ConversationMessage, OfferedTool, ToolChoice } from "../agent/conversation.ts";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { blocksOf } from "./check-conversation.ts";

/** Reads a messages request into what the agent understands. */
export function readMessagesConversation(body: JsonObject, model: string, thinks: boolean): Conversation {
  const raw = asArray(body.messages).map(asObject);
  const last = raw.at(-1);
  const isPrefilled = last?.role === "assistant" && blocksOf(last).every((block) => block.type === "text");
  const spoken = isPrefilled ? raw.slice(0, -1) : raw;
  const system = textsOf(
    typeof body.system === "string" ? [{ type: "text", text: body.system }] : asArray(body.system).map(asObject),
  );
  const format = asObject(asObject(body.output_config).format);
  return {
    model,
    messages: [{ role: "system", texts: system, calls: [], results: [] }, ...spoken.map(readMessage)],
    tools: readTools(body.tools),
    searchesWeb: asArray(body.tools).some((tool) => String(asObject(tool).type).startsWith("web_search_")),
    toolChoice: readToolChoice(body.tool_choice),
    thinks,
    answerSchema: format.type === "json_schema" ? asObject(format.schema) : undefined,
    maxTokens: typeof body.max_tokens === "number" ? body.max_tokens : undefined,
    stop: asArray(body.stop_sequences).map(String),
    prefill: isPrefilled ? textsOf(blocksOf(last)).join("") : undefined,
  };
}

function readMessage(message: JsonObject): ConversationMessage {
  const blocks = blocksOf(message);
  const role = message.role === "assistant" || message.role === "user" ? message.role : "system";
  const calls = blocks.filter((block) => block.type === "tool_use");
  const results = blocks.filter((block) => block.type === "tool_result");
  return {
    role,
    texts: textsOf(blocks),
    calls: calls.map((block) => ({
      id: String(block.id),
      name: String(block.name),
      argumentsText: JSON.stringify(block.input),
    })),
    results: results.map((block) => ({
      callId: String(block.tool_use_id),
      text: textsOf(blocksOf(block)).join("\n"),
      isError: block.is_error === true,
    })),
  };
}

function textsOf(blocks: JsonObject[]): string[] {
  return blocks.map((block) => block.text).filter((text) => typeof text === "string");
}

// Deferred tools are not loaded yet and server tools run at the provider: the model must call neither by itself.
function readTools(tools: unknown): OfferedTool[] {
  return asArray(tools)
    .map(asObject)
    .filter((tool) => isLoadedHere(tool))
    .map((tool) => ({
      name: String(tool.name),
      description: String(tool.description ?? ""),
      schema: asObject(tool.input_schema),
    }));
}

function isLoadedHere(tool: JsonObject): boolean {
  return tool.defer_loading !== true && tool.input_schema !== undefined;
}

function readToolChoice(choice: unknown): ToolChoice {
  const { type, name } = asObject(choice);
  if (type === "none") return { type };
  if (type === "any") return { type: "required" };
  return type === "tool" && typeof name === "string" ? { type: "named", name } : { type: "auto" };
}
