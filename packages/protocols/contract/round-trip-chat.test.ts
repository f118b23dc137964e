import fc from "fast-check";
import { test } from "vitest";
import type { ChatRequest, Message, Sampling } from "../model/chat-request.ts";
import { openaiChat } from "../openai-chat/index.ts";
import { openrouter } from "../vendors/openrouter.ts";
import {
  type Server,
  word,
  text,
  pdf,
  step,
  answerOf,
  resultsOf,
  functionTools,
  toolsOf,
  withChoice,
  choices,
  schema,
  holdsToTheLaw,
} from "./__fixtures__/random-requests.ts";

const chatServer: Server = {
  protocol: openaiChat,
  profile: { ...openrouter, midConversationSystem: "system", customTools: true, efforts: { low: "low", high: "high" } },
  model: "m",
};

const chatRequests = fc
  .record({
    system: fc.option(text),
    steps: fc.array(step, { maxLength: 4 }),
    tools: functionTools,
    custom: fc.boolean(),
    choice: choices,
    effort: fc.constantFrom<ChatRequest["reasoning"]>(
      undefined,
      { mode: "auto", effort: "low" },
      { mode: "auto", effort: "high" },
    ),
    sampling: fc.constantFrom<Sampling>(
      {},
      { temperature: 1.5, topP: 0.5, topK: 3, frequencyPenalty: 1, presencePenalty: -1, seed: 7 },
    ),
    format: fc.constantFrom<ChatRequest["outputFormat"]>(
      undefined,
      { type: "json-object" },
      { type: "json-schema", name: "a", schema, strict: true, description: "d" },
    ),
    stop: fc.array(word, { minLength: 1, maxLength: 2 }),
    stream: fc.boolean(),
    userId: fc.option(word),
  })
  .map((given): ChatRequest => {
    const messages: Message[] = [{ role: "user", content: [{ type: "text", text: "go" }, pdf] }];
    for (const [turn, one] of given.steps.entries()) {
      // Chat has one thought a message, in front, and tells a failed tool in words.
      const [first, ...rest] = answerOf({ ...one, thoughts: one.thoughts.slice(0, 1) }, turn);
      if (first !== undefined) messages.push({ role: "assistant", content: [first, ...rest] });
      const results = resultsOf(one, turn, false);
      for (const result of results)
        if (result.content.length === 0) result.content.push({ type: "text", text: "none" });
      if (results.length > 0) messages.push({ role: "user", content: results });
      messages.push({ role: "user", content: [one.ask, ...one.attach] });
      if (one.instruction !== null) messages.push({ role: "system", content: [one.instruction] });
    }
    const tools = toolsOf(given.tools);
    if (given.custom) tools.push({ kind: "custom", name: "patch__", description: "d", format: { type: "text" } });
    return withChoice(
      {
        model: "any",
        system: given.system === null ? [] : [given.system],
        messages,
        tools,
        parallelToolCalls: tools.length > 0 ? false : undefined,
        maxOutputTokens: 4000,
        stopSequences: given.stop,
        sampling: given.sampling,
        reasoning: given.effort,
        outputFormat: given.format,
        userId: given.userId ?? undefined,
        stream: given.stream,
        includeUsage: given.stream,
        extensions: { "openai-chat": { logit_bias: { "1": 2 }, provider: { order: ["a"] } } },
      },
      given.choice,
    );
  });

test("a chat server reads what a chat client said", () => {
  holdsToTheLaw(chatServer, chatRequests);
});
