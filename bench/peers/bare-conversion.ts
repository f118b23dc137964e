// The conversion of the bare proxy: only what the benchmark's own requests and answers contain.

/** A parsed JSON object, of which nothing else is known. */
export type Json = Record<string, unknown>;

type Block = Json & { type: string };

/** A Messages request as a Chat Completions request. */
export function chatFromMessages(body: Json): Json {
  const messages: Json[] = [];
  if (body["system"] !== undefined) messages.push({ role: "system", content: textOf(body["system"]) });
  for (const message of body["messages"] as { role: string; content: string | Block[] }[]) {
    if (typeof message.content === "string") messages.push({ role: message.role, content: message.content });
    else if (message.role === "assistant") messages.push(assistantMessage(message.content));
    else pushUserMessages(messages, message.content);
  }
  const tools = body["tools"] as Json[] | undefined;
  return {
    model: body["model"],
    max_tokens: body["max_tokens"],
    messages,
    ...(tools && {
      tools: tools.map((tool) => ({
        type: "function",
        function: { name: tool["name"], description: tool["description"], parameters: tool["input_schema"] },
      })),
    }),
    ...(body["stream"] === true && { stream: true, stream_options: { include_usage: true } }),
  };
}

function assistantMessage(blocks: Block[]): Json {
  let content = "";
  let reasoning = "";
  const calls: Json[] = [];
  for (const block of blocks) {
    if (block.type === "text") content += block["text"];
    else if (block.type === "thinking") reasoning += block["thinking"];
    else if (block.type === "tool_use") {
      const call = { name: block["name"], arguments: JSON.stringify(block["input"]) };
      calls.push({ id: block["id"], type: "function", function: call });
    }
  }
  return {
    role: "assistant",
    content,
    ...(reasoning !== "" && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function pushUserMessages(messages: Json[], blocks: Block[]): void {
  let content = "";
  for (const block of blocks) {
    if (block.type === "text") content += block["text"];
    else if (block.type === "tool_result") {
      messages.push({ role: "tool", tool_call_id: block["tool_use_id"], content: textOf(block["content"]) });
    }
  }
  if (content !== "") messages.push({ role: "user", content });
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return (content as Block[]).map((block) => block["text"]).join("\n");
}

/** A Chat Completions answer as a Messages answer. */
export function messagesFromChat(answer: Json): Json {
  const choice = (answer["choices"] as Json[])[0] ?? {};
  const message = choice["message"] as Json;
  const content: Json[] = [];
  if (message["reasoning_content"]) {
    content.push({ type: "thinking", thinking: message["reasoning_content"], signature: "bare" });
  }
  if (message["content"]) content.push({ type: "text", text: message["content"] });
  for (const call of (message["tool_calls"] as { id: string; function: Json }[] | undefined) ?? []) {
    const input: unknown = JSON.parse(String(call.function["arguments"]));
    content.push({ type: "tool_use", id: call.id, name: call.function["name"], input });
  }
  return {
    id: answer["id"],
    type: "message",
    role: "assistant",
    model: answer["model"],
    content,
    stop_reason: stopReason(choice["finish_reason"]),
    stop_sequence: null,
    usage: messagesUsage(answer["usage"] as Json),
  };
}

function stopReason(finish: unknown): string {
  if (finish === "tool_calls") return "tool_use";
  return finish === "length" ? "max_tokens" : "end_turn";
}

function messagesUsage(usage: Json): Json {
  const cached = Number(usage["cached_tokens"] ?? 0);
  return {
    input_tokens: Number(usage["prompt_tokens"]) - cached,
    cache_read_input_tokens: cached,
    cache_creation_input_tokens: 0,
    output_tokens: usage["completion_tokens"],
  };
}

/** A converter that takes each parsed chat chunk and returns the Messages events it becomes, as SSE text. */
export function messagesFromChatStream(): (chunk: Json) => string {
  let index = -1;
  let open: "thinking" | "text" | undefined;
  let finish: unknown;

  const close = (): string => {
    if (open === undefined) return "";
    const signature = open === "thinking" ? delta(index, { type: "signature_delta", signature: "bare" }) : "";
    open = undefined;
    return signature + event("content_block_stop", { type: "content_block_stop", index });
  };

  const add = (kind: "thinking" | "text", text: string): string => {
    let out = "";
    if (open !== kind) {
      out += close();
      open = kind;
      index += 1;
      const block = kind === "text" ? { type: "text", text: "" } : { type: "thinking", thinking: "", signature: "" };
      out += event("content_block_start", { type: "content_block_start", index, content_block: block });
    }
    return (
      out + delta(index, kind === "text" ? { type: "text_delta", text } : { type: "thinking_delta", thinking: text })
    );
  };

  return (chunk) => {
    let out = "";
    const choice = (chunk["choices"] as Json[])[0];
    if (choice !== undefined) {
      const change = choice["delta"] as Json;
      if (change["role"] !== undefined) out += event("message_start", messageStart(chunk));
      if (change["reasoning_content"]) out += add("thinking", String(change["reasoning_content"]));
      if (change["content"]) out += add("text", String(change["content"]));
      finish = choice["finish_reason"] ?? finish;
    }
    if (chunk["usage"]) {
      out += close();
      const usage = messagesUsage(chunk["usage"] as Json);
      const end = { stop_reason: stopReason(finish), stop_sequence: null };
      out += event("message_delta", { type: "message_delta", delta: end, usage });
      out += event("message_stop", { type: "message_stop" });
    }
    return out;
  };
}

function messageStart(chunk: Json): Json {
  const usage = { input_tokens: 0, output_tokens: 0 };
  const message = { id: chunk["id"], type: "message", role: "assistant", model: chunk["model"], content: [] };
  return { type: "message_start", message: { ...message, stop_reason: null, stop_sequence: null, usage } };
}

function delta(index: number, change: Json): string {
  return event("content_block_delta", { type: "content_block_delta", index, delta: change });
}

function event(name: string, data: Json): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
