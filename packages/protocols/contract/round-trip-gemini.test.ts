import fc from "fast-check";
import { test } from "vitest";
import { gemini } from "../gemini/index.ts";
import type { ChatRequest, Message, Sampling } from "../model/chat-request.ts";
import type { ContentPart, ImagePart, ToolResultPart } from "../model/content.ts";
import { google } from "../vendors/google.ts";
import {
  type Server,
  asSent,
  word,
  name,
  object,
  text,
  image,
  pdf,
  thought,
  functionTools,
  toolsOf,
  withChoice,
  choices,
  schema,
  holdsToTheLaw,
} from "./__fixtures__/random-requests.ts";

// No model by name: levels and budgets go through as they are.
const geminiServer: Server = { protocol: gemini, profile: { ...google, mediaInToolResults: true }, model: "m" };

/** Signatures stand before what they sign, each with its kind. */
const geminiSteps = fc.array(
  fc.record({
    thought: fc.option(fc.tuple(word, fc.constantFrom("", "thought:c2ln"))),
    say: fc.option(fc.tuple(text, fc.boolean())),
    calls: fc.array(
      fc.record({ name, input: object, signed: fc.boolean(), result: fc.option(word), isError: fc.boolean() }),
      { maxLength: 3 },
    ),
    ask: text,
    attach: fc.array(image, { maxLength: 2 }),
  }),
  { maxLength: 4 },
);

function geminiMessages(steps: typeof geminiSteps extends fc.Arbitrary<infer Value> ? Value : never): Message[] {
  const messages: Message[] = [{ role: "user", content: [{ type: "text", text: "go" }, pdf] }];
  for (const [turn, one] of steps.entries()) {
    const answer: ContentPart[] = one.thought === null ? [] : [thought(...one.thought)];
    if (one.say !== null) answer.push(...(one.say[1] ? [thought("", "text:dGV4dA")] : []), one.say[0]);
    const results: ContentPart[] = [];
    for (const [at, call] of one.calls.entries()) {
      const id = `call_${turn}_${at}_abc`;
      if (call.signed) answer.push(thought("", "call:Y2FsbA=="));
      answer.push({ type: "tool-call", id, name: call.name, arguments: JSON.stringify(call.input) });
      const result: ToolResultPart = { type: "tool-result", callId: id, content: [] };
      if (call.result !== null) result.content.push({ type: "text", text: call.result });
      if (call.isError && call.result !== null) result.isError = true;
      results.push(result);
    }
    if (one.say === null && one.calls.length === 0) answer.push({ type: "text", text: "ok" });
    messages.push({ role: "assistant", content: answer });
    const images = one.attach.map((part): ContentPart => (part.type === "image" ? withMediaType(part) : part));
    messages.push({ role: "user", content: [...results, one.ask, ...images] });
  }
  return messages;
}

/** The URI of a file goes with its type. */
function withMediaType(part: ImagePart): ImagePart {
  return part.source.kind === "url" ? { ...part, source: { ...part.source, mediaType: "image/png" } } : part;
}

const geminiRequests = fc
  .record({
    system: fc.array(text, { maxLength: 2 }),
    steps: geminiSteps,
    tools: functionTools,
    choice: choices,
    thinking: fc.constantFrom<ChatRequest["reasoning"]>(
      undefined,
      { mode: "off" },
      { mode: "auto" },
      { mode: "auto", display: "omitted" },
      { mode: "auto", effort: "low", display: "omitted" },
      { mode: "auto", effort: "high" },
      { mode: "budget", budgetTokens: 2000 },
    ),
    sampling: fc.constantFrom<Sampling>(
      {},
      { temperature: 1.5, topP: 0.5, topK: 3, frequencyPenalty: 1, presencePenalty: -1, seed: 7 },
    ),
    format: fc.constantFrom<ChatRequest["outputFormat"]>(
      undefined,
      { type: "json-object", unsaid: true },
      { type: "json-schema", name: "answer", schema },
    ),
    stop: fc.array(word, { minLength: 1, maxLength: 2 }),
    stream: fc.boolean(),
  })
  .map((given): ChatRequest => {
    const tools = toolsOf(given.tools.map((tool) => ({ ...tool, strict: null })));
    const request: ChatRequest = {
      model: "any",
      system: given.system,
      messages: geminiMessages(given.steps),
      tools,
      maxOutputTokens: 4000,
      stopSequences: given.stop,
      sampling: given.sampling,
      reasoning: given.thinking,
      outputFormat: given.format,
      stream: given.stream,
      extensions: {
        gemini: {
          safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
          generationConfig: { mediaResolution: "MEDIA_RESOLUTION_LOW" },
        },
      },
    };
    return withChoice(request, given.choice);
  });

/** As asSent, with signatures as Gemini has them: without the kind of part they stand on, which is seen. */
function asSentToGemini(request: ChatRequest, model: string): ChatRequest {
  const sent = asSent(request, model);
  const plain = (part: ContentPart): ContentPart => {
    if (part.type !== "reasoning") return part;
    const signature = part.signature?.replace(/^(?:call|text|thought):/, "");
    return signature === "" ? { type: "reasoning", text: part.text } : { ...part, signature };
  };
  return { ...sent, messages: sent.messages.map((message) => ({ ...message, content: message.content.map(plain) })) };
}

test("a Gemini server reads what a Gemini client said", () => {
  holdsToTheLaw(geminiServer, geminiRequests, asSentToGemini);
});
