import { beforeEach, describe, expect, test } from "vitest";
import type { Answer, Question, Sdk } from "../sdks/sdk.ts";
import { kimi, kimiAlias, upstreams, type Upstream } from "../stand/gateway-config.ts";
import type { Stand } from "../stand/start-stand.ts";
import { recordValue } from "./tools.ts";

export const ways: ReadonlyArray<[way: string, streamed: boolean]> = [
  ["whole", false],
  ["streamed", true],
];

const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const place = {
  type: "object",
  properties: { city: { type: "string" }, size: { type: "integer" } },
  required: ["city", "size"],
  additionalProperties: false,
};

export interface Feature {
  name: string;
  question: Omit<Question, "model">;
  possible?(upstream: Upstream, sdk: Sdk): boolean;
  check(answer: Answer, upstream: Upstream, sdk: Sdk, stand: Stand): void;
}

export const features: readonly Feature[] = [
  {
    name: "text",
    question: { text: "say hello" },
    check(answer, upstream, sdk) {
      expect(answer.text).toBe(reply("say hello"));
      const isShown = upstream.thinksUnasked && sdk.hidesThoughtsUnasked !== true;
      expect(answer.thought).toMatch(isShown ? thoughtOf(upstream, sdk) : /^$/);
      expect(answer.calls).toEqual([]);
      expect(["end_turn", "stop", "completed", "STOP"]).toContain(answer.finish);
    },
  },
  {
    name: "parallel tool calls",
    question: { text: "call 3 tools in parallel: record_value", tools: [recordValue()] },
    check(answer) {
      expect(answer.calls).toEqual(["1", "2", "3"].map((value) => ({ name: "record_value", input: { value } })));
      expect(answer.text).toBe("");
      expect(["tool_use", "tool_calls", "tool-calls", "STOP"]).toContain(answer.finish);
    },
  },
  {
    name: "thinking",
    question: { text: "think about rivers", think: true },
    check(answer, upstream, sdk) {
      expect(answer.text).toContain("I thought about rivers");
      expect(answer.thought).toMatch(thoughtOf(upstream, sdk));
    },
  },
  {
    name: "a system text",
    question: { text: "say hello", system: "You are a lighthouse." },
    check(answer, _upstream, _sdk, stand) {
      expect(answer.text).toBe(reply("say hello"));
      expect(JSON.stringify(stand.mock.requests.at(-1)?.body)).toContain("You are a lighthouse.");
    },
  },
  {
    name: "a stop sequence",
    question: { text: "say hello", stop: "scripted" },
    // The Responses protocol has no such field, on either side, and OpenAI's models that think take none over chat either.
    possible: ({ vendor, protocol }, { lacks }) =>
      vendor !== "openai" && protocol !== "openai-responses" && lacks?.includes("stop") !== true,
    check(answer) {
      expect(answer.text).toBe(reply("say hello").split("scripted")[0]);
      expect(["stop_sequence", "end_turn", "stop", "STOP"]).toContain(answer.finish);
    },
  },
  {
    name: "an answer cut off by its limit",
    question: { text: "say hello", maxTokens: 5 },
    check(answer) {
      expect(answer.text.length).toBeLessThan(reply("say hello").length);
      expect(["max_tokens", "length", "max_output_tokens", "MAX_TOKENS"]).toContain(answer.finish);
    },
  },
  {
    name: "an image",
    question: { text: "what is this", image: png },
    possible: ({ images }) => images,
    check(answer, _upstream, _sdk, stand) {
      expect(answer.text).toBe(reply("what is this"));
      expect(JSON.stringify(stand.mock.requests.at(-1)?.body)).toContain(png);
    },
  },
  {
    name: "structured output",
    question: { text: "Where is it?", schema: place },
    check(answer, _upstream, _sdk, stand) {
      const value: unknown = JSON.parse(answer.text);
      // Where there is no field for a schema the mock has read it in its instructions.
      expect(value).toEqual({ city: "(mock) Where is it?", size: 1 });
      expect(JSON.stringify(stand.mock.requests.at(-1)?.body)).toMatch(/size\W+type\W+integer/i);
    },
  },
];

/** Every feature at every upstream, whole and streamed: right, and the same both ways. */
export function describeAnswers(sdk: Sdk, stand: Stand): void {
  beforeEach(() => stand.mock.reset());

  describe.each(upstreams.map((upstream) => [upstream.model, upstream] as const))("%s", (model, upstream) => {
    for (const { name, question, possible, check } of features) {
      if (possible?.(upstream, sdk) === false) continue;
      const answers = new Map<boolean, Answer>();
      test.each(ways)(`${name}, %s`, async (_, streamed) => {
        const answer = await sdk.ask({ model, ...question }, streamed);
        answers.set(streamed, answer);
        expect(answer.model).toBe(model);
        const { promptTokens } = stand.mock.requests.at(-1) ?? {};
        expect(answer.usage).toMatchObject({ input: promptTokens, cached: 0 });
        expect(answer.usage.output).toBeGreaterThan(0);
        check(answer, upstream, sdk, stand);
      });
      test(`${name}: the same streamed as whole`, () => {
        expect(answers.get(true)).toEqual(answers.get(false));
        expect(answers.size).toBe(2);
      });
    }
  });

  test.each(ways)("an alias is told back as it was asked for, %s", async (_, streamed) => {
    const answer = await sdk.ask({ model: kimiAlias, text: "say hello" }, streamed);
    expect(answer.model).toBe(kimiAlias);
    expect(stand.mock.requests.at(-1)?.body).toMatchObject({ model: kimi.slice(kimi.indexOf("/") + 1) });
  });
}

function reply(text: string): string {
  return `(mock) You asked: "${text}". I am a scripted model; try "create hello.txt containing hi".`;
}

/** What the SDK shows of a thought that was made. */
function thoughtOf({ thoughts }: Upstream, { replays }: Sdk): RegExp {
  return thoughts === "shown" && replays !== "none" ? /^The user asked.*\(thought \w+\)$/ : /^$/;
}
