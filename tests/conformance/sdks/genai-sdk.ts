import { ApiError, GoogleGenAI, type Chat, type GenerateContentResponse, type Part } from "@google/genai";
import type { Access, Answer, Failure, LoopEnd, Question, Sdk } from "./sdk.ts";

export function connectGenai({ url, apiKey, prefix }: Access): GoogleGenAI {
  const baseUrl = prefix === "/api/v1" ? `${url}/api` : url;
  return new GoogleGenAI({ apiKey, vertexai: false, httpOptions: { baseUrl, apiVersion: "v1beta" } });
}

/** @google/genai: its chat, which sums up streams and keeps the history, also of a tool loop. */
export function genaiSdk(access: Access): Sdk {
  const client = connectGenai(access);
  return {
    name: "@google/genai",
    protocol: "gemini",
    replays: "thoughts",
    hidesThoughtsUnasked: true,
    lacks: ["empty model"],
    async ask(question, streamed) {
      return toAnswer(await send(startChat(client, question), toParts(question), question, streamed));
    },
    async runTools(question, streamed): Promise<LoopEnd> {
      const chat = startChat(client, question);
      let message = toParts(question);
      for (;;) {
        const pieces = await send(chat, message, question, streamed);
        const calls = pieces.flatMap((piece) => piece.functionCalls ?? []);
        const { text, usage } = toAnswer(pieces);
        if (calls.length === 0) return { text, usage };
        message = calls.map(({ id, name = "", args = {} }) => {
          const tool = question.tools?.find((one) => one.name === name);
          const output = tool?.run(args) ?? "no such tool";
          return { functionResponse: { name, response: { output }, ...(id !== undefined && { id }) } };
        });
      }
    },
    explain(error): Failure {
      if (!(error instanceof ApiError)) throw error;
      return { kind: error.name, status: error.status, retryAfter: undefined, ...readError(error.message) };
    },
  };
}

function startChat(client: GoogleGenAI, question: Question): Chat {
  const { schema, tools } = question;
  return client.chats.create({
    model: question.model,
    config: {
      maxOutputTokens: question.maxTokens ?? 4096,
      ...(question.signal !== undefined && { abortSignal: question.signal }),
      ...(question.system !== undefined && { systemInstruction: question.system }),
      ...(question.stop !== undefined && { stopSequences: [question.stop] }),
      ...(question.think === true && { thinkingConfig: { includeThoughts: true } }),
      ...(schema !== undefined && { responseMimeType: "application/json", responseJsonSchema: schema }),
      ...(tools !== undefined && {
        tools: [
          {
            functionDeclarations: tools.map(({ name, description, parameters }) => ({
              name,
              description,
              parametersJsonSchema: parameters,
            })),
          },
        ],
      }),
    },
  });
}

/** The whole answer, or its pieces, which the chat has put into its history by then. */
async function send(
  chat: Chat,
  message: Part[],
  question: Question,
  streamed: boolean,
): Promise<GenerateContentResponse[]> {
  if (!streamed) return [await chat.sendMessage({ message })];
  const pieces: GenerateContentResponse[] = [];
  for await (const piece of await chat.sendMessageStream({ message })) {
    question.onPiece?.();
    pieces.push(piece);
  }
  if (pieces.at(-1)?.candidates?.[0]?.finishReason === undefined) throw new Error("the stream broke off");
  return pieces;
}

function toParts({ image, text }: Question): Part[] {
  return image === undefined ? [{ text }] : [{ inlineData: { mimeType: "image/png", data: image } }, { text }];
}

function toAnswer(pieces: readonly GenerateContentResponse[]): Answer {
  const answer: Answer = {
    model: undefined,
    text: "",
    thought: "",
    calls: [],
    finish: "",
    usage: { input: 0, output: 0, cached: 0 },
  };
  for (const { candidates, modelVersion, usageMetadata } of pieces) {
    answer.model = modelVersion ?? answer.model;
    const [candidate] = candidates ?? [];
    answer.finish = candidate?.finishReason ?? answer.finish;
    for (const { text = "", thought, functionCall } of candidate?.content?.parts ?? []) {
      if (thought === true) answer.thought += text;
      else answer.text += text;
      if (functionCall !== undefined) answer.calls.push({ name: functionCall.name ?? "", input: functionCall.args });
    }
    if (usageMetadata === undefined) continue;
    const { promptTokenCount = 0, candidatesTokenCount = 0, thoughtsTokenCount = 0 } = usageMetadata;
    answer.usage = {
      input: promptTokenCount,
      output: candidatesTokenCount + thoughtsTokenCount,
      cached: usageMetadata.cachedContentTokenCount ?? 0,
    };
  }
  return answer;
}

/** The SDK gives the body of an error as the message. */
function readError(message: string): Pick<Failure, "message" | "code"> {
  const { error } = JSON.parse(message) as { error?: { message?: string; status?: unknown } };
  return { message: error?.message ?? message, code: error?.status };
}
