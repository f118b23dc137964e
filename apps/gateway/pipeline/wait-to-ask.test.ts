import { RequestError, type ChatError } from "@onerouter/protocols";
import { expect, test } from "vitest";
import type { AttemptOutcome } from "./attempt-outcome.ts";
import type { UpstreamControl } from "./generation.ts";
import { waitToAsk } from "./wait-to-ask.ts";

const late: ChatError = { code: "upstream_timeout", message: "somebody else was faster" };

function begin(aborted = false) {
  const generation: { aborted: boolean; upstream: UpstreamControl | undefined } = { aborted, upstream: undefined };
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const asked: string[] = [];
  const outcome = waitToAsk(generation, promise, (made) => {
    asked.push(made);
    return Promise.resolve({ type: "complete" });
  });
  return { generation, resolve, reject, asked, outcome };
}

test("asks with what was made, and leaves the place of the upstream to whoever asks", async () => {
  const { generation, resolve, asked, outcome } = begin();
  expect(generation.upstream).toBeDefined();
  resolve("token");
  expect([await outcome, asked, generation.upstream]).toEqual([{ type: "complete" }, ["token"], undefined]);
});

test.each<[string, (control: UpstreamControl | undefined) => void, AttemptOutcome]>([
  ["the client goes away", (control) => control?.abort(), { type: "aborted" }],
  ["somebody else is asked", (control) => control?.giveUp?.(late), { type: "failed", error: late, givenUp: true }],
])("%s meanwhile: it is over at once, and nobody is asked later", async (_, end, expected) => {
  const { generation, resolve, asked, outcome } = begin();
  end(generation.upstream);
  expect([await outcome, generation.upstream]).toEqual([expected, undefined]);
  resolve("token");
  await new Promise(setImmediate);
  expect(asked).toEqual([]);
});

test("the client was gone before", async () => {
  const { outcome, resolve, asked } = begin(true);
  resolve("token");
  expect([await outcome, asked]).toEqual([{ type: "aborted" }, []]);
});

test("what cannot be made is the caller's to judge, unless it is over", async () => {
  const refused = new RequestError({ code: "upstream_authentication", message: "no token" });
  const first = begin();
  first.reject(refused);
  await expect(first.outcome).rejects.toBe(refused);
  expect(first.generation.upstream).toBeUndefined();
  const second = begin();
  second.generation.upstream?.abort();
  second.reject(refused);
  expect(await second.outcome).toEqual({ type: "aborted" });
});
