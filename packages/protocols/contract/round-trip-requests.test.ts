import fc from "fast-check";
import { expect, test } from "vitest";
import { anthropicMessages } from "../anthropic-messages/index.ts";
import { gemini } from "../gemini/index.ts";
import type { ChatRequest, Message, Sampling } from "../model/chat-request.ts";
import type { ContentPart, ImagePart, ReasoningPart, ToolCallPart, ToolResultPart } from "../model/content.ts";
import type { Tool } from "../model/tool.ts";
import { openaiChat } from "../openai-chat/index.ts";
import { openaiResponses } from "../openai-responses/index.ts";
import { encodeNative, partSeparator } from "../openai-responses/native-reasoning.ts";
import type { Protocol } from "../protocol-contract.ts";
import { anthropic } from "../vendors/anthropic.ts";
import { generic } from "../vendors/generic.ts";
import { google } from "../vendors/google.ts";
import { openrouter } from "../vendors/openrouter.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { origin, testSealer } from "./__fixtures__/answers.ts";
import { encodeFor } from "./__fixtures__/requests.ts";

/** A server of the protocol that takes everything the protocol has words for. */
interface Server {
  protocol: Protocol;
  profile: VendorProfile;
  model: string;
}

// No Claude by name, so that nothing depends on a generation.
const messagesServer: Server = { protocol: anthropicMessages, profile: anthropic, model: "m" };
const chatServer: Server = {
  protocol: openaiChat,
  profile: { ...openrouter, midConversationSystem: "system", customTools: true, efforts: { low: "low", high: "high" } },
  model: "m",
};

/** What the server reads in the body that is sent to it. */
function received(
  { protocol, profile, model }: Server,
  request: ChatRequest,
): { read: ChatRequest; receipts: string[] } {
  const { body, receipts } = encodeFor(protocol, profile, model, request);
  const path = protocol.name === "gemini" ? { model, stream: request.stream } : undefined;
  return { read: protocol.decodeRequest(JSON.parse(JSON.stringify(body)), path), receipts };
}

/** The same request as it stands at a server: the model's name is the server's, thoughts have their native signatures. */
function asSent(request: ChatRequest, model: string): ChatRequest {
  const sealer = testSealer();
  const open = (part: ContentPart): ContentPart => {
    if (part.type !== "reasoning") return part;
    const native = sealer.open(part.redacted ?? part.signature, part.text)?.native;
    return part.redacted === undefined ? { ...part, signature: native } : { ...part, redacted: native };
  };
  const messages = request.messages.map((message) => ({ ...message, content: message.content.map(open) }));
  return { ...request, model, messages };
}

const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).filter((text) => /\S/.test(text));
const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,12}$/);
const object = fc
  .dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
  // JSON has no -0.
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);
const text = word.map((value) => ({ type: "text" as const, text: value }));
const image = fc.constantFrom<ContentPart>(
  { type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAA" } },
  { type: "image", source: { kind: "url", url: "https://example.com/a.png" } },
);
const pdf: ContentPart = {
  type: "document",
  title: "a.pdf",
  source: { kind: "base64", mediaType: "application/pdf", data: "AAAA" },
};

function thought(value: string, native: string): ReasoningPart {
  return { type: "reasoning", text: value, signature: testSealer().seal({ origin, native }, value) };
}

const thoughts = fc.oneof(
  fc.tuple(fc.oneof(word, fc.constant("")), word).map(([value, native]) => [thought(value, native)]),
  word.map((native): ReasoningPart[] => [
    { type: "reasoning", text: "", redacted: testSealer().seal({ origin, native }, "") },
  ]),
  fc.constant<ReasoningPart[]>([]),
);

const step = fc.record({
  thoughts,
  say: fc.option(text),
  calls: fc.array(fc.record({ name, input: object, result: fc.option(word), isError: fc.boolean() }), { maxLength: 3 }),
  instruction: fc.option(text),
  ask: text,
  attach: fc.array(image, { maxLength: 2 }),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function answerOf(one: Step, turn: number): ContentPart[] {
  const calls = one.calls.map((call, at): ToolCallPart => ({
    type: "tool-call",
    id: `toolu_${turn}_${at}_abc`,
    name: call.name,
    arguments: JSON.stringify(call.input),
  }));
  const said: ContentPart[] = [...(one.say === null ? [] : [one.say]), ...calls];
  // Nothing but thoughts is no answer.
  return said.length === 0 ? [{ type: "text", text: "ok" }] : [...one.thoughts, ...said];
}

function resultsOf(one: Step, turn: number, withErrors: boolean): ToolResultPart[] {
  return one.calls.map((call, at) => {
    const result: ToolResultPart = { type: "tool-result", callId: `toolu_${turn}_${at}_abc`, content: [] };
    if (call.result !== null) result.content.push({ type: "text", text: call.result });
    if (withErrors && call.isError && call.result !== null) result.isError = true;
    return result;
  });
}

const functionTools = fc.uniqueArray(
  fc.record({
    name,
    description: fc.option(word),
    parameters: object.map((more) => ({ ...more, type: "object", properties: {} })),
    strict: fc.option(fc.boolean()),
  }),
  { selector: (tool) => tool.name, maxLength: 3 },
);

function toolsOf(list: typeof functionTools extends fc.Arbitrary<infer Value> ? Value : never): Tool[] {
  return list.map(({ name: toolName, description, parameters, strict }) => ({
    kind: "function",
    name: toolName,
    parameters,
    ...(description === null ? {} : { description }),
    ...(strict === null ? {} : { strict }),
  }));
}

function withChoice(request: ChatRequest, choice: string | null): ChatRequest {
  const [first] = request.tools;
  if (choice === null || first === undefined) return request;
  if (choice === "tool") return { ...request, toolChoice: { type: "tool", name: first.name } };
  return { ...request, toolChoice: { type: choice as "auto" | "none" | "required" } };
}

const choices = fc.option(fc.constantFrom("auto", "none", "required", "tool"));
const schema = { type: "object", properties: { a: { type: "string" } } };

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
  fc.assert(
    fc.property(messagesRequests, (request) => {
      const { read, receipts } = received(messagesServer, request);
      expect(read).toEqual(asSent(request, messagesServer.model));
      expect(receipts).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

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
  fc.assert(
    fc.property(chatRequests, (request) => {
      const { read, receipts } = received(chatServer, request);
      expect(read).toEqual(asSent(request, chatServer.model));
      expect(receipts).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

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
      { type: "json-object" },
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
  fc.assert(
    fc.property(geminiRequests, (request) => {
      const { read, receipts } = received(geminiServer, request);
      expect(read).toEqual(asSentToGemini(request, geminiServer.model));
      expect(receipts).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

// A server that has all words of the protocol, and two efforts.
const responsesServer: Server = {
  protocol: openaiResponses,
  profile: {
    ...generic,
    efforts: { none: "none", low: "low", high: "high" },
    systemRole: "developer",
    midConversationSystem: "system",
    customTools: true,
    namespaces: true,
    mediaInToolResults: true,
    documents: true,
    allowedToolsChoice: true,
    hostedServices: { "openai-responses": ["web-search", "tool-search"] },
  },
  model: "m",
};

/** A thought of one or two summary parts, sealed as the item it came in. */
const responsesThought = fc
  .record({ parts: fc.array(word, { maxLength: 2 }), id: name, encrypted: word })
  .map(({ parts, id, encrypted }): ReasoningPart => {
    const native = encodeNative(
      { id: `rs_${id}`, encrypted_content: encrypted },
      parts.map(({ length }) => ({ kind: "summary", length })),
    );
    return thought(parts.join(partSeparator), native);
  });

const responsesCall = fc.record({
  name,
  kind: fc.constantFrom("function", "namespace", "custom"),
  input: object,
  text: word,
  result: word,
  image: fc.option(image),
});

const responsesStep = fc.record({
  thought: fc.option(responsesThought),
  say: fc.option(text),
  calls: fc.array(responsesCall, { maxLength: 3 }),
  instruction: fc.option(text),
  ask: text,
  attach: fc.array(image, { maxLength: 2 }),
});

function responsesMessages(
  steps: ReadonlyArray<typeof responsesStep extends fc.Arbitrary<infer Value> ? Value : never>,
) {
  const messages: Message[] = [{ role: "user", content: [{ type: "text", text: "go" }, pdf] }];
  for (const [turn, one] of steps.entries()) {
    const calls = one.calls.map((call, at): ToolCallPart => {
      const head = { type: "tool-call" as const, id: `call_${turn}_${at}`, name: call.name };
      if (call.kind === "custom") return { ...head, arguments: call.text, custom: true };
      const place = call.kind === "namespace" ? { namespace: "space" } : {};
      return { ...head, ...place, arguments: JSON.stringify(call.input) };
    });
    const said = [...(one.say === null ? [] : [one.say]), ...calls];
    if (said.length > 0) {
      messages.push({ role: "assistant", content: [...(one.thought === null ? [] : [one.thought]), ...said] });
    }
    const results = one.calls.map((call, at): ToolResultPart => ({
      type: "tool-result",
      callId: `call_${turn}_${at}`,
      content: [{ type: "text", text: call.result }, ...(call.image === null ? [] : [call.image as ImagePart])],
    }));
    if (results.length > 0) messages.push({ role: "user", content: results });
    messages.push({ role: "user", content: [one.ask, ...one.attach] });
    if (one.instruction !== null) messages.push({ role: "system", content: [one.instruction] });
  }
  return messages;
}

const responsesTools: Tool[] = [
  {
    kind: "custom",
    name: "patch__",
    description: "d",
    format: { type: "grammar", syntax: "lark", definition: "start: /a/" },
  },
  {
    kind: "function",
    name: "inner__",
    parameters: { type: "object" },
    strict: false,
    namespace: "space",
    extensions: { "openai-responses": { namespaceDescription: "Agents." } },
  },
  {
    kind: "function",
    name: "lax__",
    parameters: { type: "object" },
    deferred: true,
    extensions: { "openai-responses": { strict: null } },
  },
  {
    kind: "hosted",
    name: "tool_search",
    protocol: "openai-responses",
    hostedType: "tool_search",
    value: { type: "tool_search", execution: "client" },
    service: { type: "tool-search", method: "client" },
  },
];

const responsesRequests = fc
  .record({
    instructions: fc.option(text),
    developer: fc.option(text),
    steps: fc.array(responsesStep, { maxLength: 4 }),
    tools: functionTools,
    more: fc.boolean(),
    choice: choices,
    thinking: fc.constantFrom<ChatRequest["reasoning"]>(
      undefined,
      { mode: "off" },
      { mode: "auto", effort: "low", display: "omitted" },
      { mode: "auto", effort: "high", display: "detailed" },
      { mode: "auto", effortOnly: true, display: "auto" },
    ),
    sampling: fc.constantFrom<Sampling>({}, { temperature: 1.5, topP: 0.5 }),
    format: fc.constantFrom<ChatRequest["outputFormat"]>(
      undefined,
      { type: "json-object" },
      { type: "json-schema", name: "a", schema, strict: true, description: "d" },
    ),
    stream: fc.boolean(),
    userId: fc.option(word),
  })
  .map((given): ChatRequest => {
    const named = toolsOf(given.tools).map((tool) => ({ strict: false, ...tool }) as Tool);
    const tools = given.more ? [...named, ...responsesTools] : named;
    const role = { "openai-responses": { role: "developer" } };
    return withChoice(
      {
        model: "any",
        system: [
          ...(given.instructions === null ? [] : [given.instructions]),
          ...(given.developer === null ? [] : [{ ...given.developer, extensions: role }]),
        ],
        messages: responsesMessages(given.steps),
        tools,
        parallelToolCalls: tools.length > 0 ? true : undefined,
        maxOutputTokens: 4000,
        sampling: given.sampling,
        reasoning: given.thinking,
        outputFormat: given.format,
        userId: given.userId ?? undefined,
        stream: given.stream,
        extensions: {
          "openai-responses": {
            metadata: { a: "b" },
            prompt_cache_key: "k",
            include: ["reasoning.encrypted_content"],
            store: false,
            text: { verbosity: "low" },
          },
        },
      },
      given.choice,
    );
  });

/** As asSent, with thoughts as items have them: the encrypted content, and the id beside it. */
function asSentToResponses(request: ChatRequest, model: string): ChatRequest {
  const sent = asSent(request, model);
  const plain = (part: ContentPart): ContentPart => {
    if (part.type !== "reasoning") return part;
    const [id, signature] = JSON.parse(part.signature ?? "[]") as [string, string];
    return { ...part, signature, extensions: { "openai-responses": { id } } };
  };
  return { ...sent, messages: sent.messages.map((message) => ({ ...message, content: message.content.map(plain) })) };
}

test("a Responses server reads what a Responses client said", () => {
  fc.assert(
    fc.property(responsesRequests, (request) => {
      const { read, receipts } = received(responsesServer, request);
      expect(read).toEqual(asSentToResponses(request, responsesServer.model));
      expect(receipts).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test.each([
  ["Messages", messagesServer, messagesRequests],
  ["chat", chatServer, chatRequests],
  ["Responses", responsesServer, responsesRequests],
  ["Gemini", geminiServer, geminiRequests],
])(
  "encoding for a %s server changes nothing in the request it was given",
  (_, { protocol, profile, model }, requests) => {
    fc.assert(
      fc.property(requests, (request) => {
        const before = structuredClone(request);
        encodeFor(protocol, profile, model, request);
        expect(request).toEqual(before);
      }),
      { numRuns: 50 },
    );
  },
);
