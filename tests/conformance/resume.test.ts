import type { ProtocolName } from "@onerouter/protocols";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  startDyingUpstreams,
  type DyingUpstreams,
  type Manner,
  type ScriptedAnswer,
} from "../../apps/gateway/testing/dying-upstreams.ts";
import {
  startTestGateway,
  type TestGateway,
  type TestProvider,
} from "../../apps/gateway/testing/start-test-gateway.ts";
import { connectAnthropic } from "./sdks/anthropic-sdk.ts";
import { connectGenai } from "./sdks/genai-sdk.ts";
import { connectOpenai } from "./sdks/openai-sdk.ts";
import type { Access } from "./sdks/sdk.ts";

/*
 * What the official SDKs put together when the upstream dies after each event of an answer (T26): the answer that nobody had
 * interrupted, nothing of it twice.
 */

const answer = {
  thought: "The user wants two things. I look at both of them first.",
  text: "I look at the files.\n\nThen I count their lines, one by one.",
  calls: [
    { name: "Bash", arguments: '{"command":"ls -la /tmp"}' },
    { name: "Bash", arguments: '{"command":"wc -l *"}' },
  ],
  last: "Both are on their way.",
} as const satisfies ScriptedAnswer;

const schema = { type: "object" as const, properties: { command: { type: "string" } }, required: ["command"] };

/** An answer as an SDK has it at its end. */
interface Gathered {
  /** One after the other, each whole. */
  thoughts: string[];
  texts: string[];
  calls: Array<{ name: string; input: unknown }>;
  /** How it ended, in the protocol's word. */
  end: string | null | undefined;
}

interface Reader {
  name: string;
  protocol: ProtocolName;
  gather(access: Access, model: string, prompt: string): Promise<Gathered>;
  /** What one that was not interrupted ends with. */
  end: string;
}

const messages: Reader = {
  name: "@anthropic-ai/sdk, finalMessage",
  protocol: "anthropic-messages",
  end: "tool_use",
  async gather(access, model, prompt) {
    const stream = connectAnthropic(access).messages.stream({
      model,
      max_tokens: 4000,
      messages: [{ role: "user", content: prompt }],
      tools: [{ name: "Bash", input_schema: schema }],
    });
    const { content, stop_reason: end } = await stream.finalMessage();
    const thoughts = content.filter((block) => block.type === "thinking");
    for (const { signature } of thoughts) expect(signature).toMatch(/^or1\./);
    return {
      thoughts: thoughts.map(({ thinking }) => thinking),
      texts: content.filter((block) => block.type === "text").map(({ text }) => text),
      calls: content.filter((block) => block.type === "tool_use"),
      end,
    };
  },
};

const chat: Reader = {
  name: "openai, finalChatCompletion",
  protocol: "openai-chat",
  end: "tool_calls",
  async gather(access, model, prompt) {
    const stream = connectOpenai(access).chat.completions.stream({
      model,
      messages: [{ role: "user", content: prompt }],
      tools: [{ type: "function", function: { name: "Bash", parameters: schema } }],
    });
    const completion = await stream.finalChatCompletion();
    const [choice, ...others] = completion.choices;
    expect(others).toEqual([]);
    return {
      thoughts: [],
      texts: [choice?.message.content ?? ""],
      calls: (choice?.message.tool_calls ?? []).map(({ function: made }) => ({
        name: made.name,
        input: JSON.parse(made.arguments) as unknown,
      })),
      end: choice?.finish_reason,
    };
  },
};

const responses: Reader = {
  name: "openai, finalResponse",
  protocol: "openai-responses",
  end: "completed",
  async gather(access, model, prompt) {
    const stream = connectOpenai(access).responses.stream({
      model,
      store: false,
      input: prompt,
      tools: [{ type: "function", name: "Bash", parameters: schema, strict: false }],
    });
    const { output, status } = await stream.finalResponse();
    expect(new Set(output.map(({ id }) => id)).size).toBe(output.length);
    return {
      thoughts: output
        .filter((item) => item.type === "reasoning")
        .map(({ summary }) => summary.map(({ text }) => text).join("")),
      texts: output
        .filter((item) => item.type === "message")
        .flatMap(({ content }) => content)
        .map((part) => (part.type === "output_text" ? part.text : "")),
      calls: output
        .filter((item) => item.type === "function_call")
        .map(({ name, arguments: text }) => ({ name, input: JSON.parse(text) as unknown })),
      end: status,
    };
  },
};

const gemini: Reader = {
  name: "@google/genai, generateContentStream",
  protocol: "gemini",
  end: "STOP",
  async gather(access, model, prompt) {
    const stream = await connectGenai(access).models.generateContentStream({
      model,
      contents: prompt,
      config: { tools: [{ functionDeclarations: [{ name: "Bash", parametersJsonSchema: schema }] }] },
    });
    const gathered: Gathered = { thoughts: [], texts: [], calls: [], end: undefined };
    for await (const piece of stream) {
      const [candidate] = piece.candidates ?? [];
      for (const { text, thought, functionCall } of candidate?.content?.parts ?? []) {
        if (functionCall !== undefined)
          gathered.calls.push({ name: functionCall.name ?? "", input: functionCall.args });
        else if (thought !== true) gathered.texts.push(text ?? "");
      }
      gathered.end = candidate?.finishReason ?? gathered.end;
    }
    return gathered;
  },
};

const upstreams: ReadonlyArray<{ model: string; protocol: ProtocolName; vendor: string }> = [
  { model: "claude-haiku-4-5", protocol: "anthropic-messages", vendor: "anthropic" },
  { model: "gpt-4o", protocol: "openai-chat", vendor: "openai" },
  { model: "gpt-5", protocol: "openai-responses", vendor: "openai" },
  { model: "some-model", protocol: "openai-chat", vendor: "generic" },
];

const ways = [
  { reader: messages, model: "claude-haiku-4-5", lane: true },
  { reader: messages, model: "some-model", lane: false },
  { reader: chat, model: "gpt-4o", lane: true },
  { reader: chat, model: "claude-haiku-4-5", lane: false },
  { reader: responses, model: "gpt-5", lane: true },
  { reader: responses, model: "some-model", lane: false },
  { reader: gemini, model: "some-model", lane: false },
];

let dying: DyingUpstreams;
let gateway: TestGateway;
beforeAll(async () => {
  dying = await startDyingUpstreams();
  const provider = ({ model, protocol, vendor }: (typeof upstreams)[number]): TestProvider => ({
    protocol,
    vendor,
    base_url: dying.url(protocol),
    models: { [model]: {} },
  });
  const both = (one: (typeof upstreams)[number]): Array<[string, TestProvider]> => [
    [`${one.model}-a`, provider(one)],
    [`${one.model}-b`, provider(one)],
  ];
  gateway = await startTestGateway({ providers: Object.fromEntries(upstreams.flatMap(both)) });
});
afterAll(async () => {
  await gateway.stop();
  await dying.close();
});

/** The last thought is whole, and those before it are its beginnings: what broke off was begun again. */
function expectLegalThoughts({ thoughts }: Gathered): void {
  expect(thoughts.at(-1)).toBe(answer.thought);
  for (const thought of thoughts) expect(answer.thought.startsWith(thought)).toBe(true);
}

const manners: readonly Manner[] = ["repeats", "anew", "exactly"];
const atOnce = 8;

describe.each(ways)("$reader.name, $model (forwarded: $lane)", ({ reader, model, lane }) => {
  const access = (): Access => ({ url: gateway.url, apiKey: gateway.key, prefix: "/v1" });
  const ask = (deaths: readonly number[], manner: Manner): Promise<Gathered> =>
    reader.gather(access(), model, dying.promptFor({ answer, deaths, how: "cut", manner }));

  function expectWhole(gathered: Gathered): void {
    expect(gathered.texts.join("")).toBe(answer.text + answer.last);
    expect(gathered.calls.map(({ name, input }) => ({ name, arguments: JSON.stringify(input) }))).toEqual(answer.calls);
    expect(gathered.end).toBe(reader.end);
    if (reader.protocol === "anthropic-messages" || reader.protocol === "openai-responses")
      expectLegalThoughts(gathered);
  }

  test("nobody dies", async () => {
    const fetched = vi.spyOn(globalThis, "fetch");
    expectWhole(await ask([], "repeats"));
    const response = await fetched.mock.results.at(-1)?.value;
    fetched.mockRestore();
    const id = String(response?.headers.get("x-onerouter-generation-id"));
    const { json } = await gateway.get(`/v1/generation?id=${id}`);
    expect(json).toMatchObject({ data: { express_lane: lane } });
  });

  test("the upstream dies after each event", async () => {
    const protocol = upstreams.find((one) => one.model === model)?.protocol ?? "openai-chat";
    const places = Array.from({ length: dying.countEvents(protocol, answer) }, (_, at) => at);
    for (let from = 0; from < places.length; from += atOnce) {
      await Promise.all(
        places.slice(from, from + atOnce).map(async (at) => {
          const gathered = await ask(at % 4 === 3 ? [at, 2] : [at], manners[at % manners.length] ?? "repeats");
          expectWhole(gathered);
        }),
      );
    }
  });
});
