import Anthropic, { APIError } from "@anthropic-ai/sdk";
import type { Access, Answer, Failure, LoopEnd, Question, Sdk } from "./sdk.ts";

const budget = { type: "enabled", budget_tokens: 2048 } as const;

export function connectAnthropic({ url, apiKey, prefix }: Access): Anthropic {
  return new Anthropic({
    apiKey,
    authToken: null,
    baseURL: url + prefix.slice(0, -"/v1".length),
    maxRetries: 0,
  });
}

/** @anthropic-ai/sdk: messages.create, messages.stream and its tool runner. */
export function anthropicSdk(access: Access): Sdk {
  const client = connectAnthropic(access);
  return {
    name: "@anthropic-ai/sdk",
    protocol: "anthropic-messages",
    replays: "thoughts",
    async ask(question, streamed) {
      const params = toParams(question);
      const options = { signal: question.signal };
      if (!streamed) return toAnswer(await client.messages.create(params, options));
      const stream = client.messages.stream(params, options);
      stream.on("streamEvent", () => question.onPiece?.());
      return toAnswer(await stream.finalMessage());
    },
    async runTools(question, streamed): Promise<LoopEnd> {
      const runner = client.beta.messages.toolRunner({
        ...toParams(question),
        tools: (question.tools ?? []).map((tool) => ({
          name: tool.name,
          description: tool.description,
          input_schema: { type: "object", ...tool.parameters },
          run: tool.run,
          parse: (input: unknown) => input as Record<string, unknown>,
        })),
        stream: streamed,
      });
      const { text, usage } = toAnswer((await runner.runUntilDone()) as Anthropic.Message);
      return { text, usage };
    },
    explain(error): Failure {
      if (!(error instanceof APIError)) throw error;
      return {
        kind: error.constructor.name,
        status: error.status,
        message: error.message,
        code: error.type,
        retryAfter: error.headers?.get("retry-after"),
      };
    },
  };
}

function toParams(question: Question): Anthropic.MessageCreateParamsNonStreaming {
  const { image, text, schema, tools } = question;
  return {
    model: question.model,
    max_tokens: question.maxTokens ?? 4096,
    messages: [
      {
        role: "user",
        content:
          image === undefined
            ? text
            : [
                { type: "image", source: { type: "base64", media_type: "image/png", data: image } },
                { type: "text", text },
              ],
      },
    ],
    ...(question.think === true && { thinking: budget }),
    ...(question.system !== undefined && { system: question.system }),
    ...(question.stop !== undefined && { stop_sequences: [question.stop] }),
    ...(schema !== undefined && { output_config: { format: { type: "json_schema", schema } } }),
    ...(tools !== undefined && {
      tools: tools.map(({ name, description, parameters }) => ({
        name,
        description,
        input_schema: { type: "object", ...parameters },
      })),
    }),
  };
}

function toAnswer(message: Anthropic.Message): Answer {
  const answer: Answer = {
    model: message.model,
    text: "",
    thought: "",
    calls: [],
    finish: message.stop_reason ?? "",
    usage: {
      input:
        message.usage.input_tokens +
        (message.usage.cache_read_input_tokens ?? 0) +
        (message.usage.cache_creation_input_tokens ?? 0),
      output: message.usage.output_tokens,
      cached: message.usage.cache_read_input_tokens ?? 0,
    },
  };
  for (const block of message.content) {
    if (block.type === "text") answer.text += block.text;
    if (block.type === "thinking") answer.thought += block.thinking;
    if (block.type === "tool_use") answer.calls.push({ name: block.name, input: block.input });
  }
  return answer;
}
