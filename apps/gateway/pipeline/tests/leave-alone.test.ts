import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { answerWell } from "../../testing/answer-well.ts";
import { toArray, toObject, type Json } from "../../testing/call.ts";
import { chatClient } from "../../testing/client-dialects.ts";
import { refuse } from "../../testing/paced-answers.ts";
import { usePricedFleet } from "../../testing/priced-fleet.ts";
import { chatCompletion, sendJson, type Handler } from "../../testing/scripted-upstream.ts";

/* Who fails or is over its limit is left alone for a while, by a clock that the test sets. */

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function wait(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000);
}

const fleet = usePricedFleet();
const { odd, routeOf } = fleet;

describe("a credential", () => {
  /** Credentials in the order they were used. */
  let used: string[];

  function haveKeys(answer: (key: string) => Handler | undefined): void {
    used = [];
    fleet.gateway.applyConfig({
      providers: {
        one: {
          protocol: "openai-chat",
          base_url: fleet.urlOf("one"),
          api_keys: ["key-a", "key-b"],
          models: { "author/m": {} },
        },
      },
    });
    odd.set("one", (response, request) => {
      const key = String(request.headers.authorization).replace("Bearer ", "");
      used.push(key);
      return (answer(key) ?? ((to, from) => answerWell(to, from, "from one")))(response, request);
    });
  }

  test("that is over its limit is left alone for as long as Retry-After says", async () => {
    haveKeys((key) => (key === "key-a" ? refuse(429, { "retry-after": "30" }) : undefined));
    for (let turn = 0; turn < 3; turn++) await routeOf({});
    expect(used).toEqual(["key-a", "key-b", "key-b", "key-b"]);
    wait(31);
    await routeOf({});
    expect(used.slice(4)).toEqual(["key-a", "key-b"]);
  });

  test.each<[string, Record<string, string>]>([
    [
      "x-ratelimit-*",
      {
        "x-ratelimit-limit-tokens": "1000",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "40s",
      },
    ],
    [
      "anthropic-ratelimit-*",
      {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "in 40 s",
      },
    ],
  ])("whose answer says in %s that nothing is left is left alone until its window begins anew", async (_, headers) => {
    haveKeys((key) => {
      const reset = new Date(Date.now() + 40_000).toISOString();
      const told = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value.replace("in 40 s", reset)]),
      );
      return key === "key-a" ? (response) => sendJson(response, 200, chatCompletion("from one"), told) : undefined;
    });
    for (let turn = 0; turn < 3; turn++) await routeOf({});
    expect(used).toEqual(["key-a", "key-b", "key-b"]);
    wait(41);
    await routeOf({});
    expect(used.at(-1)).toBe("key-a");
  });

  test("that is refused is left alone for a minute", async () => {
    haveKeys((key) => (key === "key-a" ? refuse(401) : undefined));
    for (let turn = 0; turn < 2; turn++) await routeOf({});
    wait(59);
    await routeOf({});
    expect(used).toEqual(["key-a", "key-b", "key-b", "key-b"]);
    wait(2);
    await routeOf({});
    expect(used.slice(4)).toEqual(["key-a", "key-b"]);
  });
});

test("an endpoint that does nothing but fail is left alone; then one request finds out, and decides for all", async () => {
  odd.set("cheap", refuse(500));
  for (let turn = 0; turn < 5; turn++) expect(await routeOf({})).toEqual(["cheap", "middle"]);
  expect(await routeOf({})).toEqual(["middle"]);
  expect(await statusOf("cheap")).toBe(-2);

  wait(11);
  expect(await statusOf("cheap")).toBe(-1);
  expect(await routeOf({})).toEqual(["cheap", "middle"]);
  // The probe has failed: the pause is twice as long.
  wait(11);
  expect(await routeOf({})).toEqual(["middle"]);

  wait(11);
  const answers: Array<() => void> = [];
  odd.set("cheap", (response, request) => void answers.push(() => answerWell(response, request, "from cheap")));
  const probe = fleet.gateway.ask(chatClient, { model: "author/m" });
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  // While it is under way nobody else is sent there.
  expect((await routeOf({})).filter((provider) => provider !== "cheap")).toEqual(["middle"]);
  expect(answers).toHaveLength(1);
  answers[0]?.();
  expect(chatClient.text(await probe)).toBe("from cheap");
  odd.clear();
  expect(await routeOf({})).toEqual(["cheap"]);
  expect(await statusOf("cheap")).toBe(0);
});

async function statusOf(provider: string): Promise<unknown> {
  const { json } = await fleet.gateway.get("/v1/models/author/m/endpoints");
  const endpoints: Json[] = toArray(toObject(json.data).endpoints).map(toObject);
  return endpoints.find((endpoint) => endpoint.provider === provider)?.status;
}
