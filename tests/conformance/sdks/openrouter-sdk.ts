import { OpenRouter } from "@openrouter/sdk";
import type {
  ChatAssistantMessage,
  ChatMessages,
  ChatRequest,
  ChatResult,
  ChatStreamChunk,
  ChatToolCall,
  ReasoningDetailUnion,
} from "@openrouter/sdk/models";
import { OpenRouterError } from "@openrouter/sdk/models/errors";
import { parseInput, type Access, type Answer, type Failure, type LoopEnd, type Question, type Sdk } from "./sdk.ts";

export function connectOpenrouter({ url, apiKey, prefix }: Access): OpenRouter {
  return new OpenRouter({ apiKey, serverURL: url + prefix, retryConfig: { strategy: "none" } });
}

/** @openrouter/sdk: chat.send, which checks every answer and every chunk against OpenRouter's schema. */
export function openrouterSdk(access: Access): Sdk {
  const client = connectOpenrouter(access);

  async function send(
    chatRequest: ChatRequest,
    streamed: boolean,
    { signal, onPiece }: Pick<Question, "signal" | "onPiece"> = {},
  ): Promise<ChatResult> {
    const options = signal === undefined ? {} : { fetchOptions: { signal } };
    if (!streamed) {
      return (await client.chat.send({ chatRequest: { ...chatRequest, stream: false } }, options)) as ChatResult;
    }
    const stream = await client.chat.send(
      { chatRequest: { ...chatRequest, stream: true, streamOptions: { includeUsage: true } } },
      options,
    );
    return await collect(stream as AsyncIterable<ChatStreamChunk>, onPiece);
  }

  return {
    name: "@openrouter/sdk",
    protocol: "openai-chat",
    replays: "thoughts",
    async ask(question, streamed) {
      return toAnswer(await send(toRequest(question), streamed, question));
    },
    async runTools(question, streamed): Promise<LoopEnd> {
      const request = toRequest(question);
      for (;;) {
        const result = await send(request, streamed);
        const message = result.choices[0]?.message;
        const { text, usage } = toAnswer(result);
        if (message?.toolCalls === undefined || message.toolCalls.length === 0) return { text, usage };
        request.messages.push(message);
        for (const call of message.toolCalls) {
          const tool = question.tools?.find(({ name }) => name === call.function.name);
          const content = tool?.run(parseInput(call.function.arguments)) ?? "no such tool";
          request.messages.push({ role: "tool", toolCallId: call.id, content });
        }
      }
    },
    explain(error): Failure {
      if (error instanceof BrokenStreamError) {
        return { kind: "error chunk", status: undefined, message: error.message, code: error.code };
      }
      if (!(error instanceof OpenRouterError)) throw error;
      const { code } = (JSON.parse(error.body) as { error: { code: unknown } }).error;
      return {
        kind: error.constructor.name,
        status: error.statusCode,
        message: error.message,
        code,
        retryAfter: error.headers.get("retry-after"),
      };
    },
  };
}

function toRequest(question: Question): ChatRequest & { messages: ChatMessages[] } {
  const { image, text, schema, tools } = question;
  return {
    model: question.model,
    maxTokens: question.maxTokens ?? 4096,
    messages: [
      ...(question.system === undefined ? [] : [{ role: "system" as const, content: question.system }]),
      {
        role: "user",
        content:
          image === undefined
            ? text
            : [
                { type: "image_url", imageUrl: { url: `data:image/png;base64,${image}` } },
                { type: "text", text },
              ],
      },
    ],
    ...(question.think === true && { reasoning: { effort: "medium" } }),
    ...(question.stop !== undefined && { stop: [question.stop] }),
    ...(schema !== undefined && {
      responseFormat: { type: "json_schema", jsonSchema: { name: "answer", schema, strict: true } },
    }),
    ...(tools !== undefined && {
      tools: tools.map(({ name, description, parameters }) => ({
        type: "function",
        function: { name, description, parameters },
      })),
    }),
  };
}

/** The SDK hands on a chunk with an error like any other: its users have to look. */
class BrokenStreamError extends Error {
  readonly code: number;
  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}

/** A stream as its users put it together: the details of a thought are a list that grows. */
async function collect(stream: AsyncIterable<ChatStreamChunk>, onPiece?: () => void): Promise<ChatResult> {
  const message: ChatAssistantMessage = { role: "assistant", content: null };
  const details: ReasoningDetailUnion[] = [];
  const calls: ChatToolCall[] = [];
  let last: ChatStreamChunk | undefined;
  let finish: ChatResult["choices"][number]["finishReason"] = null;
  for await (const chunk of stream) {
    onPiece?.();
    if (chunk.error !== undefined) throw new BrokenStreamError(chunk.error.message, chunk.error.code);
    last = chunk;
    const [choice] = chunk.choices;
    if (choice === undefined) continue;
    finish = choice.finishReason ?? finish;
    const { content, reasoning, reasoningDetails = [], toolCalls = [] } = choice.delta;
    if (content != null) message.content = `${typeof message.content === "string" ? message.content : ""}${content}`;
    if (reasoning != null) message.reasoning = (message.reasoning ?? "") + reasoning;
    details.push(...reasoningDetails);
    for (const { index, id, function: piece } of toolCalls) {
      const call = (calls[index] ??= { id: "", type: "function", function: { name: "", arguments: "" } });
      call.id += id ?? "";
      call.function.name += piece?.name ?? "";
      call.function.arguments += piece?.arguments ?? "";
    }
  }
  if (last === undefined) throw new Error("an empty stream");
  if (details.length > 0) message.reasoningDetails = details;
  if (calls.length > 0) message.toolCalls = calls;
  return {
    ...last,
    object: "chat.completion",
    systemFingerprint: null,
    choices: [{ index: 0, finishReason: finish, message }],
  };
}

function toAnswer(result: ChatResult): Answer {
  const [choice] = result.choices;
  const { content, reasoning, toolCalls } = choice?.message ?? {};
  return {
    model: result.model,
    text: typeof content === "string" ? content : "",
    thought: reasoning ?? "",
    calls: (toolCalls ?? []).map((call) => ({ name: call.function.name, input: parseInput(call.function.arguments) })),
    finish: choice?.finishReason ?? "",
    usage: {
      input: result.usage?.promptTokens ?? 0,
      output: result.usage?.completionTokens ?? 0,
      cached: result.usage?.promptTokensDetails?.cachedTokens ?? 0,
    },
  };
}
