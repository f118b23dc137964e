import fc from "fast-check";
import { test } from "vitest";
import { anthropicMessages } from "../anthropic-messages/index.ts";
import type { ChatRequest, Message, Sampling } from "../model/chat-request.ts";
import { anthropic } from "../vendors/anthropic.ts";
import {
  resultsOf,
  type Server,
  word,
  text,
  pdf,
  step,
  answerOf,
  functionTools,
  toolsOf,
  withChoice,
  choices,
  schema,
  holdsToTheLaw,
} from "./__fixtures__/random-requests.ts";

// No Claude by name, so that nothing depends on a generation.
const messagesServer: Server = { protocol: anthropicMessages, profile: anthropic, model: "m" };

const messagesRequests = fc
  .record({
    system: fc.array(text, { maxLength: 2 }),
    steps: fc.array(step, { maxLength: 4 }),
    tools: functionTools,
    choice: choices,
    thinking: fc.constantFrom<ChatRequest["reasoning"]>(
      undefined,
      { mode: "off" },
      { mode: "auto", effort: "max" },
      { mode: "auto", display: "omitted" },
      { mode: "auto", effort: "low", effortOnly: true },
    ),
    sampling: fc.constantFrom<Sampling>({}, { temperature: 0.5, topK: 7 }, { topP: 0.97 }),
    format: fc.boolean(),
    stop: fc.array(word, { maxLength: 2 }),
    stream: fc.boolean(),
    userId: fc.option(word),
  })
  .map((given): ChatRequest => {
    const messages: Message[] = [{ role: "user", content: [{ type: "text", text: "go" }, pdf] }];
    for (const [turn, one] of given.steps.entries()) {
      messages.push({ role: "assistant", content: answerOf(one, turn) });
      messages.push({ role: "user", content: [...resultsOf(one, turn, true), one.ask, ...one.attach] });
      if (one.instruction !== null) messages.push({ role: "system", content: [one.instruction] });
    }
    const thinks = given.thinking !== undefined && given.thinking.mode !== "off" && given.thinking.effortOnly !== true;
    const request: ChatRequest = {
      model: "any",
      system: given.system,
      messages,
      tools: toolsOf(given.tools),
      maxOutputTokens: 4000,
      sampling: thinks ? {} : given.sampling,
      reasoning: given.thinking,
      outputFormat: given.format ? { type: "json-schema", name: "answer", schema, strict: true } : undefined,
      userId: given.userId ?? undefined,
      stream: given.stream,
      extensions: { "anthropic-messages": { service_tier: "auto", context_management: { edits: [] } } },
    };
    if (given.stop.length > 0) request.stopSequences = given.stop;
    // A model that is made to call a tool cannot think before.
    return withChoice(request, thinks && given.choice !== "auto" ? null : given.choice);
  });

test("a Messages server reads what a Messages client said", () => {
  holdsToTheLaw(messagesServer, messagesRequests);
});
