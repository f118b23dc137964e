import fc from "fast-check";
import { test } from "vitest";
import type { ChatRequest, Message, Sampling } from "../model/chat-request.ts";
import type { ContentPart, ImagePart, ReasoningPart, ToolCallPart, ToolResultPart } from "../model/content.ts";
import type { Tool } from "../model/tool.ts";
import { openaiResponses } from "../openai-responses/index.ts";
import { encodeNative, partSeparator } from "../openai-responses/native-reasoning.ts";
import { generic } from "../vendors/generic.ts";
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
  holdsToTheLaw(responsesServer, responsesRequests, asSentToResponses);
});
