/** One tool step of a conversation as an OpenAI-compatible upstream is sent it. */
export interface ChatStep {
  reasoning: string | undefined;
  callId: string;
  /** The call's arguments as they were written. */
  input: string;
  command: unknown;
  output: string | undefined;
}

interface ChatMessage {
  role: string;
  content?: unknown;
  reasoning_content?: string;
  tool_call_id?: string;
  tool_calls?: Array<{ id: string; function: { arguments: string } }>;
}

/** The tool steps in a request's messages, oldest first. */
export function readChatSteps(body: unknown): ChatStep[] {
  const { messages } = body as { messages: ChatMessage[] };
  const outputs = new Map(messages.map(({ tool_call_id: id, content }) => [id, readText(content)]));
  return messages.flatMap(({ tool_calls: calls = [], reasoning_content: reasoning }) =>
    calls.map((call) => ({
      reasoning,
      callId: call.id,
      input: call.function.arguments,
      command: (JSON.parse(call.function.arguments) as { command?: unknown }).command,
      output: outputs.get(call.id),
    })),
  );
}

/** A text, or the texts of a message's parts. */
export function readText(content: unknown): string {
  if (!Array.isArray(content)) return String(content);
  return (content as Array<{ text?: string }>).map(({ text = "" }) => text).join("");
}
