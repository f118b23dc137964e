import { readChatSteps, readText } from "./read-chat-steps.ts";

/** A tool step of a conversation: what was called, as it was written, and what came of it. */
export interface Step {
  input: string;
  output: string | undefined;
}

interface MessagesBlock {
  type: string;
  id?: string;
  tool_use_id?: string;
  input?: unknown;
  content?: unknown;
}

interface ResponsesItem {
  type?: string;
  call_id?: string;
  arguments?: string;
  output?: unknown;
}

/** The tool steps that an upstream was told in a request of its protocol, oldest first. */
export function readSteps(protocol: string, body: unknown): Step[] {
  if (protocol === "openai-chat") return readChatSteps(body);
  return protocol === "anthropic-messages" ? readMessagesSteps(body) : readResponsesSteps(body);
}

function readMessagesSteps(body: unknown): Step[] {
  const { messages } = body as { messages: Array<{ content: string | MessagesBlock[] }> };
  const blocks = messages.flatMap(({ content }) => (typeof content === "string" ? [] : content));
  const outputs = new Map(blocks.map(({ tool_use_id: id, content }) => [id, readText(content)]));
  return blocks
    .filter(({ type }) => type === "tool_use")
    .map(({ id, input }) => ({ input: JSON.stringify(input), output: outputs.get(id) }));
}

function readResponsesSteps(body: unknown): Step[] {
  const { input } = body as { input: ResponsesItem[] };
  const results = input.filter(({ type }) => type === "function_call_output");
  const outputs = new Map(results.map(({ call_id: id, output }) => [id, readText(output)]));
  return input
    .filter(({ type }) => type === "function_call")
    .map(({ call_id: id, arguments: text = "" }) => ({ input: text, output: outputs.get(id) }));
}
