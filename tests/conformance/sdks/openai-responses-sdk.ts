import OpenAI, { APIError } from "openai";
import { connectOpenai, explainOpenai } from "./openai-sdk.ts";
import { parseInput, type Access, type Answer, type LoopEnd, type Question, type Sdk } from "./sdk.ts";

type Params = Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, "stream" | "input"> & {
  input: OpenAI.Responses.ResponseInputItem[];
};

/** openai: responses.create and its stream helper; a tool loop that gives the output items back as they came. */
export function openaiResponsesSdk(access: Access): Sdk {
  const client = connectOpenai(access);

  async function respond(params: Params, question: Question, streamed: boolean): Promise<OpenAI.Responses.Response> {
    const options = { signal: question.signal };
    if (!streamed) return client.responses.create(params, options);
    const stream = client.responses.stream(params, options);
    stream.on("event", () => question.onPiece?.());
    const response = await stream.finalResponse();
    if (response.error !== null) throw new APIError(undefined, response.error, response.error.message, undefined);
    return response;
  }

  return {
    name: "openai (responses)",
    protocol: "openai-responses",
    replays: "thoughts",
    lacks: ["stop"],
    async ask(question, streamed) {
      return toAnswer(await respond(toParams(question), question, streamed));
    },
    async runTools(question, streamed): Promise<LoopEnd> {
      const params = toParams(question);
      for (;;) {
        const response = await respond(params, question, streamed);
        const calls = response.output.filter((item) => item.type === "function_call");
        const { text, usage } = toAnswer(response);
        if (calls.length === 0) return { text, usage };
        params.input.push(...(response.output as OpenAI.Responses.ResponseInputItem[]));
        for (const call of calls) {
          const tool = question.tools?.find(({ name }) => name === call.name);
          const output = tool?.run(parseInput(call.arguments)) ?? "no such tool";
          params.input.push({ type: "function_call_output", call_id: call.call_id, output });
        }
      }
    },
    explain: explainOpenai,
  };
}

function toParams(question: Question): Params {
  const { image, text, schema, tools } = question;
  return {
    model: question.model,
    max_output_tokens: question.maxTokens ?? 4096,
    // As Codex does: the history is the client's, and so are its thoughts.
    store: false,
    include: ["reasoning.encrypted_content"],
    input: [
      {
        type: "message",
        role: "user",
        content: [
          ...(image === undefined
            ? []
            : [
                {
                  type: "input_image" as const,
                  image_url: `data:image/png;base64,${image}`,
                  detail: "auto" as const,
                },
              ]),
          { type: "input_text", text },
        ],
      },
    ],
    ...(question.system !== undefined && { instructions: question.system }),
    ...(question.think === true && { reasoning: { effort: "medium", summary: "auto" } }),
    ...(schema !== undefined && { text: { format: { type: "json_schema", name: "answer", schema, strict: true } } }),
    ...(tools !== undefined && {
      tools: tools.map(({ name, description, parameters }) => ({
        type: "function" as const,
        name,
        description,
        parameters,
        strict: false,
      })),
    }),
  };
}

function toAnswer(response: OpenAI.Responses.Response): Answer {
  const { usage, output } = response;
  const thoughts = output.flatMap((item) =>
    item.type === "reasoning" ? [...item.summary, ...(item.content ?? [])].map(({ text }) => text) : [],
  );
  const calls = output.flatMap((item) =>
    item.type === "function_call" ? [{ name: item.name, input: parseInput(item.arguments) }] : [],
  );
  return {
    model: response.model,
    text: response.output_text,
    thought: thoughts.join(""),
    calls,
    finish:
      response.status === "incomplete"
        ? (response.incomplete_details?.reason ?? "incomplete")
        : calls.length > 0
          ? "tool_calls"
          : (response.status ?? ""),
    usage: {
      input: usage?.input_tokens ?? 0,
      output: usage?.output_tokens ?? 0,
      cached: usage?.input_tokens_details.cached_tokens ?? 0,
    },
  };
}
