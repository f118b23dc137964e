import { expect } from "vitest";
import type { Failure, Sdk } from "../sdks/sdk.ts";
import type { Upstream } from "../stand/gateway-config.ts";
import type { Stand } from "../stand/start-stand.ts";
import { features, type Feature } from "./describe-answers.ts";
import { recordValue } from "./tools.ts";

/** One cell of the matrix: a client before an upstream, whole or streamed. */
export interface Row {
  sdk: Sdk;
  upstream: Upstream;
  streamed: boolean;
  stand: Stand;
}

export interface MatrixFeature {
  name: string;
  isPossible?(row: Row): boolean;
  check(row: Row): Promise<void>;
}

/** What every cell is asked. */
export const matrixFeatures: readonly MatrixFeature[] = [
  ...features.map(asCell),
  { name: "thinking and tools over four turns", check: countToThree },
  { name: "parallel tools and their results", check: callThreeAtOnce },
  { name: "the error of a rate limit", check: meetRateLimit },
  { name: "the error of a prompt that is too long", check: overflow },
  { name: "the error of an upstream that is down", check: meetFailure },
  { name: "the error of an answer that breaks off", check: breakOff },
];

function asCell({ name, question, possible, check }: Feature): MatrixFeature {
  return { name, isPossible: ({ sdk, upstream }) => possible?.(upstream, sdk) !== false, check: ask };

  async function ask({ sdk, upstream, streamed, stand }: Row): Promise<void> {
    const answer = await sdk.ask({ model: upstream.model, ...question }, streamed);
    expect(answer.model).toBe(upstream.model);
    const { promptTokens, status } = stand.mock.requests.at(-1) ?? {};
    expect(status).toBe(200);
    expect(answer.usage).toMatchObject({ input: promptTokens, cached: 0 });
    expect(answer.usage.output).toBeGreaterThan(0);
    check(answer, upstream, sdk, stand);
  }
}

async function countToThree({ sdk, upstream, streamed, stand }: Row): Promise<void> {
  const recorded: unknown[] = [];
  const tools = [recordValue(recorded)];
  const text = "count to 3 with record_value";
  const end = await sdk.runTools({ model: upstream.model, text, tools, think: true }, streamed);
  expect(end.text).toContain("I counted to 3 in 3 tool calls");
  expect(recorded).toEqual(["1", "2", "3"]);
  const { requests } = stand.mock;
  expect(requests.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(requests.slice(1).map(({ prefixOfPrevious }) => prefixOfPrevious)).not.toContain(false);
  expect(thoughtsIn(requests.at(-1)?.body, upstream)).toBe(upstream.thoughts === "hidden" ? 0 : 3);
}

async function callThreeAtOnce({ sdk, upstream, streamed, stand }: Row): Promise<void> {
  const recorded: unknown[] = [];
  const tools = [recordValue(recorded)];
  const text = "call 3 tools in parallel: record_value";
  const end = await sdk.runTools({ model: upstream.model, text, tools, think: true }, streamed);
  expect(end.text).toBe("(mock) Done: 3 tools answered in parallel.");
  expect(recorded).toEqual(["1", "2", "3"]);
  expect(stand.mock.requests.map(({ status }) => status)).toEqual([200, 200]);
}

/** What came back of thoughts, in the form in which this upstream verifies them. */
function thoughtsIn(body: unknown, { protocol }: Upstream): number {
  const form = {
    "openai-chat": /\(thought \w+\)/g,
    "anthropic-messages": /"signature":"[^"]+/g,
    "openai-responses": /"encrypted_content":"[^"]+/g,
    gemini: /"thoughtSignature":"[^"]+/g,
  }[protocol];
  return new Set(JSON.stringify(body).match(form)).size;
}

async function meetRateLimit({ sdk, upstream, streamed, stand }: Row): Promise<void> {
  stand.mock.setFaults({ fault: "status=429,7" });
  const failure = await failureOf(sdk, upstream.model, "say hello", streamed);
  expect(failure).toMatchObject({ status: 429, kind: sdk.protocol === "gemini" ? "ApiError" : "RateLimitError" });
  // Google's SDK does not tell headers.
  if (sdk.protocol !== "gemini") expect(failure.retryAfter).toBe("7");
}

async function overflow({ sdk, upstream, streamed, stand }: Row): Promise<void> {
  stand.mock.setFaults({ fault: "context=100" });
  const failure = await failureOf(sdk, upstream.model, "long ".repeat(1000), streamed);
  expect(failure).toMatchObject({ status: 400, kind: sdk.protocol === "gemini" ? "ApiError" : "BadRequestError" });
  // The words on which each protocol's clients compact.
  const words = {
    "anthropic-messages": "prompt is too long",
    "openai-chat": "maximum context length",
    "openai-responses": "maximum context length",
    gemini: "exceeds the maximum number of tokens",
  }[sdk.protocol];
  expect(failure.message).toContain(words);
}

async function meetFailure({ sdk, upstream, streamed, stand }: Row): Promise<void> {
  stand.mock.setFaults({ fault: "status=500" });
  const failure = await failureOf(sdk, upstream.model, "say hello", streamed);
  expect([500, 502]).toContain(failure.status);
}

async function breakOff({ sdk, upstream, streamed, stand }: Row): Promise<void> {
  stand.mock.setFaults({ fault: streamed ? "cut=6" : "cut=40b" });
  const question = { model: upstream.model, text: "think about rivers", think: true };
  await expect(sdk.ask(question, streamed)).rejects.toThrow();
}

async function failureOf(sdk: Sdk, model: string, text: string, streamed: boolean): Promise<Failure> {
  try {
    await sdk.ask({ model, text }, streamed);
  } catch (error) {
    return sdk.explain(error);
  }
  throw new Error("no error was thrown");
}
