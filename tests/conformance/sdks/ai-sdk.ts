import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { createOpenRouter } from "@openrouter/ai-sdk-provider";
import {
  APICallError,
  generateText,
  jsonSchema,
  Output,
  stepCountIs,
  streamText,
  tool,
  type LanguageModel,
  type ToolSet,
} from "ai";
import type { Access, Answer, Failure, Question, Sdk, ToolUnderTest } from "./sdk.ts";

type Step = Awaited<ReturnType<typeof generateText>>;
type ProviderOptions = NonNullable<Parameters<typeof generateText>[0]["providerOptions"]>;

interface Settings {
  apiKey: string;
  baseURL: string;
}

interface Provider {
  protocol: Sdk["protocol"];
  replays: Sdk["replays"];
  model(id: string): LanguageModel;
  /** What it needs in every request to send what it was told. */
  always?: ProviderOptions[string];
  /** How it asks for thoughts. */
  thinking: ProviderOptions[string];
  /** Whose options these are. */
  key: string;
  hidesThoughtsUnasked?: boolean;
  lacks?: Sdk["lacks"];
}

/** How each provider of Vercel's AI SDK that has a base URL is set up. */
const providers = {
  "@ai-sdk/anthropic": ({ apiKey, baseURL }: Settings): Provider => {
    const anthropic = createAnthropic({ apiKey, baseURL });
    return {
      protocol: "anthropic-messages",
      replays: "thoughts",
      model: (id) => anthropic(id),
      key: "anthropic",
      // For models it does not know it asks for JSON by a tool; and only when streaming it marks tools for eager streaming.
      always: { structuredOutputMode: "outputFormat", toolStreaming: false },
      thinking: { thinking: { type: "enabled", budgetTokens: 2048 } },
    };
  },
  "@ai-sdk/openai (chat)": ({ apiKey, baseURL }: Settings): Provider => {
    const openai = createOpenAI({ apiKey, baseURL });
    return {
      protocol: "openai-chat",
      // The provider has no place for them.
      replays: "none",
      model: (id) => openai.chat(id),
      key: "openai",
      thinking: { reasoningEffort: "medium", forceReasoning: true },
    };
  },
  // As it is by default: the gateway stores the answers, and later steps refer to their items.
  "@ai-sdk/openai": ({ apiKey, baseURL }: Settings): Provider => {
    const openai = createOpenAI({ apiKey, baseURL });
    return {
      protocol: "openai-responses",
      replays: "thoughts",
      model: (id) => openai(id),
      key: "openai",
      lacks: ["stop"],
      thinking: { reasoningEffort: "medium", reasoningSummary: "auto", forceReasoning: true },
    };
  },
  "@ai-sdk/google": ({ apiKey, baseURL }: Settings): Provider => {
    const google = createGoogleGenerativeAI({ apiKey, baseURL: baseURL.replace(/v1$/, "v1beta") });
    return {
      protocol: "gemini",
      replays: "thoughts",
      model: (id) => google(id),
      key: "google",
      hidesThoughtsUnasked: true,
      lacks: ["empty model"],
      thinking: { thinkingConfig: { includeThoughts: true } },
    };
  },
  "@ai-sdk/openai-compatible": ({ apiKey, baseURL }: Settings): Provider => {
    const compatible = createOpenAICompatible({
      name: "onerouter",
      apiKey,
      baseURL,
      includeUsage: true,
      supportsStructuredOutputs: true,
    });
    return {
      protocol: "openai-chat",
      replays: "texts",
      model: (id) => compatible(id),
      key: "onerouter",
      thinking: { reasoningEffort: "medium" },
    };
  },
  "@openrouter/ai-sdk-provider": ({ apiKey, baseURL }: Settings): Provider => {
    const openrouter = createOpenRouter({ apiKey, baseURL, compatibility: "strict" });
    return {
      protocol: "openai-chat",
      replays: "thoughts",
      model: (id) => openrouter(id, { usage: { include: true } }),
      key: "openrouter",
      thinking: { reasoning: { effort: "medium" } },
    };
  },
} as const;

export type AiSdkName = keyof typeof providers;
export const aiSdkNames = Object.keys(providers) as AiSdkName[];

/** Vercel's AI SDK over one of its providers: generateText, streamText and their own tool loop. */
export function aiSdk(name: AiSdkName, { url, apiKey, prefix }: Access): Sdk {
  return overProvider(name, providers[name]({ apiKey, baseURL: url + prefix }));
}

function overProvider(name: string, provider: Provider): Sdk {
  const { protocol, replays, lacks, hidesThoughtsUnasked } = provider;
  return {
    name,
    protocol,
    replays,
    ...(lacks !== undefined && { lacks }),
    ...(hidesThoughtsUnasked !== undefined && { hidesThoughtsUnasked }),
    async ask(question, streamed) {
      return toAnswer(await run(provider, question, streamed, 1));
    },
    async runTools(question, streamed) {
      const result = await run(provider, question, streamed, 20);
      const { text, usage } = toAnswer(result);
      return { text, usage };
    },
    explain(error): Failure {
      if (!APICallError.isInstance(error)) throw error;
      return {
        kind: error.name,
        status: error.statusCode,
        message: error.message,
        ...readError(error.responseBody),
        retryAfter: error.responseHeaders?.["retry-after"],
      };
    },
  };
}

function readError(body: string | undefined): Pick<Failure, "code" | "param"> {
  const { error } = JSON.parse(body ?? "{}") as {
    error?: { code?: unknown; type?: unknown; param?: unknown; status?: unknown };
  };
  return { code: error?.status ?? error?.code ?? error?.type, param: error?.param };
}

async function run(provider: Provider, question: Question, streamed: boolean, steps: number): Promise<Step> {
  const { image, text, schema, signal } = question;
  const call = {
    model: provider.model(question.model),
    maxOutputTokens: question.maxTokens ?? 4096,
    ...(question.system !== undefined && { system: question.system }),
    ...(question.stop !== undefined && { stopSequences: [question.stop] }),
    maxRetries: 0,
    stopWhen: stepCountIs(steps),
    messages: [
      {
        role: "user" as const,
        content:
          image === undefined
            ? text
            : [
                { type: "image" as const, image, mediaType: "image/png" },
                { type: "text" as const, text },
              ],
      },
    ],
    ...(signal !== undefined && { abortSignal: signal }),
    providerOptions: { [provider.key]: { ...provider.always, ...(question.think === true && provider.thinking) } },
    ...(schema !== undefined && { output: Output.object({ schema: jsonSchema(schema) }) }),
    ...(question.tools !== undefined && { tools: toToolSet(question.tools, steps > 1) }),
  };
  if (!streamed) return await generateText(call);
  let failure: Error | undefined;
  const result = streamText({
    ...call,
    onError({ error }) {
      failure ??= error instanceof Error ? error : new Error(String(error));
    },
    onChunk: () => question.onPiece?.(),
  });
  await result.consumeStream();
  if (failure !== undefined) throw failure;
  const [content, finishReason, totalUsage, response, reasoningText, answer, toolCalls, usage] = await Promise.all([
    result.content,
    result.finishReason,
    result.totalUsage,
    result.response,
    result.reasoningText,
    result.text,
    result.toolCalls,
    result.usage,
  ]);
  return { content, finishReason, totalUsage, response, reasoningText, text: answer, toolCalls, usage } as Step;
}

function toToolSet(tools: readonly ToolUnderTest[], executed: boolean): ToolSet {
  return Object.fromEntries(
    tools.map(({ name, description, parameters, run: execute }) => {
      const inputSchema = jsonSchema<Record<string, unknown>>(parameters);
      const shown = { description, inputSchema };
      return [name, executed ? tool({ ...shown, execute: async (input) => execute(input) }) : tool(shown)];
    }),
  );
}

function toAnswer(result: Step): Answer {
  return {
    model: result.response.modelId,
    text: result.text,
    thought: result.reasoningText ?? "",
    calls: result.toolCalls.map(({ toolName, input }) => ({ name: toolName, input: input as unknown })),
    finish: result.finishReason,
    usage: {
      input: result.usage.inputTokens ?? 0,
      output: result.usage.outputTokens ?? 0,
      cached: result.usage.inputTokenDetails.cacheReadTokens ?? 0,
    },
  };
}
