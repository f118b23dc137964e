import OpenAI, { APIError } from "openai";
import { parseInput, type Access, type Answer, type Failure, type LoopEnd, type Question, type Sdk } from "./sdk.ts";

export function connectOpenai({ url, apiKey, prefix }: Access): OpenAI {
  return new OpenAI({ apiKey, baseURL: url + prefix, organization: null, project: null, maxRetries: 0 });
}

/** openai: chat.completions.create and its stream helper; a tool loop by hand, since the SDK's own loses thoughts. */
export function openaiSdk(access: Access): Sdk {
  const client = connectOpenai(access);
  return {
    name: "openai",
    protocol: "openai-chat",
    replays: "thoughts",
    async ask(question, streamed) {
      const params = toParams(question);
      const options = { signal: question.signal };
      if (!streamed) {
        const completion = await client.chat.completions.create(params, options);
        return toAnswer(completion, readThought(completion.choices[0]?.message));
      }
      const stream = client.chat.completions.stream({ ...params, stream_options: { include_usage: true } }, options);
      let thought = "";
      // The helper keeps only the last piece of a field that it does not know.
      stream.on("chunk", (chunk) => {
        question.onPiece?.();
        thought += readThought(chunk.choices[0]?.delta);
      });
      return toAnswer(await stream.finalChatCompletion(), thought);
    },
    async runTools(question, streamed): Promise<LoopEnd> {
      const params = toParams(question);
      for (;;) {
        const completion = streamed
          ? await collect(
              await client.chat.completions.create({
                ...params,
                stream: true,
                stream_options: { include_usage: true },
              }),
            )
          : await client.chat.completions.create(params);
        const message = completion.choices[0]?.message;
        const calls = message?.tool_calls ?? [];
        const { text, usage } = toAnswer(completion, "");
        if (message === undefined || calls.length === 0) return { text, usage };
        // Back as it came, unknown fields and all.
        params.messages.push(message);
        for (const call of calls) {
          if (call.type !== "function") throw new Error(`a ${call.type} call was not asked for`);
          const tool = question.tools?.find(({ name }) => name === call.function.name);
          const content = tool?.run(parseInput(call.function.arguments)) ?? "no such tool";
          params.messages.push({ role: "tool", tool_call_id: call.id, content });
        }
      }
    },
    explain: explainOpenai,
  };
}

export function explainOpenai(error: unknown): Failure {
  if (!(error instanceof APIError)) throw error;
  const { code, param } = error;
  return {
    kind: error.constructor.name,
    status: error.status,
    message: error.message,
    code,
    param,
    retryAfter: error.headers?.get("retry-after"),
  };
}

/** A stream as its users put it together: texts are joined, lists grow, calls are told apart by their index. */
async function collect(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<OpenAI.ChatCompletion> {
  const message: Record<string, unknown> & { role: "assistant"; content: string | null; refusal: null } = {
    role: "assistant",
    content: null,
    refusal: null,
  };
  const calls: OpenAI.ChatCompletionMessageFunctionToolCall[] = [];
  let last: OpenAI.ChatCompletionChunk | undefined;
  let finish: OpenAI.ChatCompletion.Choice["finish_reason"] = "stop";
  for await (const chunk of stream) {
    last = chunk;
    const [choice] = chunk.choices;
    finish = choice?.finish_reason ?? finish;
    const { role: _role, tool_calls: pieces = [], ...fields } = choice?.delta ?? {};
    for (const [field, value] of Object.entries(fields)) {
      const before = message[field];
      if (Array.isArray(value)) message[field] = [...(Array.isArray(before) ? before : []), ...value];
      else if (typeof value === "string") message[field] = (typeof before === "string" ? before : "") + value;
    }
    for (const { index, id, function: piece } of pieces) {
      const call = (calls[index] ??= { id: "", type: "function", function: { name: "", arguments: "" } });
      call.id += id ?? "";
      call.function.name += piece?.name ?? "";
      call.function.arguments += piece?.arguments ?? "";
    }
  }
  if (last === undefined) throw new Error("an empty stream");
  return {
    id: last.id,
    object: "chat.completion",
    created: last.created,
    model: last.model,
    choices: [
      {
        index: 0,
        finish_reason: finish,
        logprobs: null,
        message: calls.length === 0 ? message : { ...message, tool_calls: calls },
      },
    ],
    ...(last.usage != null && { usage: last.usage }),
  };
}

function toParams(question: Question): Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, "stream"> {
  const { image, text, schema, tools } = question;
  return {
    model: question.model,
    max_completion_tokens: question.maxTokens ?? 4096,
    messages: [
      ...(question.system === undefined ? [] : [{ role: "developer" as const, content: question.system }]),
      {
        role: "user",
        content:
          image === undefined
            ? text
            : [
                { type: "image_url", image_url: { url: `data:image/png;base64,${image}` } },
                { type: "text", text },
              ],
      },
    ],
    ...(question.think === true && { reasoning_effort: "medium" }),
    ...(question.stop !== undefined && { stop: [question.stop] }),
    ...(schema !== undefined && {
      response_format: { type: "json_schema", json_schema: { name: "answer", schema, strict: true } },
    }),
    ...(tools !== undefined && {
      tools: tools.map(({ name, description, parameters }) => ({
        type: "function",
        function: { name, description, parameters },
      })),
    }),
  };
}

function readThought(message: object | undefined): string {
  return message !== undefined && "reasoning_content" in message && typeof message.reasoning_content === "string"
    ? message.reasoning_content
    : "";
}

function toAnswer(completion: OpenAI.ChatCompletion, thought: string): Answer {
  const [choice] = completion.choices;
  const { usage } = completion;
  return {
    model: completion.model,
    text: choice?.message.content ?? "",
    thought,
    calls: (choice?.message.tool_calls ?? []).flatMap((call) =>
      call.type === "function" ? [{ name: call.function.name, input: parseInput(call.function.arguments) }] : [],
    ),
    finish: choice?.finish_reason ?? "",
    usage: {
      input: usage?.prompt_tokens ?? 0,
      output: usage?.completion_tokens ?? 0,
      cached: usage?.prompt_tokens_details?.cached_tokens ?? 0,
    },
  };
}
