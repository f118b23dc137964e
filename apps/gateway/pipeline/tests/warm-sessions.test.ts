import { beforeEach, expect, test } from "vitest";
import type { Json } from "../../testing/call.ts";
import { chatClient, messagesClient, type ClientDialect } from "../../testing/client-dialects.ts";
import { refuse } from "../../testing/paced-answers.ts";
import { usePricedFleet } from "../../testing/priced-fleet.ts";
import { chatCompletion, sendJson } from "../../testing/scripted-upstream.ts";

/* A conversation stays where its prompt is cached, whichever way it is told from others. */

const fleet = usePricedFleet();
const { odd, routeOf } = fleet;

const usage = { prompt_tokens: 10_000, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 9_900 } };

beforeEach(() => {
  fleet.setPrices({
    warm: { prompt: 3, completion: 3, cache_read: 0.1 },
    cold: { prompt: 2.9, completion: 2.9 },
  });
  odd.set("warm", (response) => sendJson(response, 200, chatCompletion("from warm", { usage })));
});

const conversation = (opening: string): Json[] => [
  { role: "user", content: opening + "x".repeat(40_000) },
  { role: "assistant", content: "yes" },
  { role: "user", content: "go on" },
];

/** The first turn is sent to the dearer one, whose cache holds the prompt from then on. */
async function warmUp(fields: Json, client?: ClientDialect, headers?: Record<string, string>): Promise<void> {
  expect(await routeOf({ ...fields, provider: { order: ["warm"] } }, client, headers)).toEqual(["warm"]);
}

test.each<[string, Json, Record<string, string>, ClientDialect]>([
  ["session_id", { session_id: "s1" }, {}, chatClient],
  ["x-session-id", {}, { "x-session-id": "s1" }, chatClient],
  ["x-claude-code-session-id", {}, { "x-claude-code-session-id": "s1" }, messagesClient],
  ["prompt_cache_key", { prompt_cache_key: "s1" }, {}, chatClient],
  ["session-id", {}, { "session-id": "s1" }, chatClient],
  ["nothing but its opening", {}, {}, messagesClient],
])("told by %s", async (name, fields, headers, client) => {
  const turn = { ...fields, messages: conversation("") };
  await warmUp(turn, client, headers);
  expect(await routeOf(turn, client, headers)).toEqual(["warm"]);
  // Another one has nothing in any cache.
  const isStated = name !== "nothing but its opening";
  const another = <Stated extends Json>(stated: Stated): Stated =>
    Object.fromEntries(Object.keys(stated).map((key) => [key, "s2"])) as Stated;
  const messages = conversation(isStated ? "" : "another").slice(0, 1);
  expect(await routeOf({ ...another(fields), messages }, client, another(headers))).toEqual(["cold"]);
});

test("conversations of one session are told apart by their openings: subagents, titles", async () => {
  await warmUp({ session_id: "s1", messages: conversation("") });
  expect(await routeOf({ session_id: "s1", messages: conversation("a title, please").slice(0, 1) })).toEqual(["cold"]);
});

test("the holder of the prompt is tried once more before the request moves", async () => {
  const turn = { session_id: "s1", messages: conversation("") };
  await warmUp(turn);
  let failures = 1;
  odd.set("warm", (response, request) => {
    if (failures-- > 0) void refuse(500)(response, request);
    else sendJson(response, 200, chatCompletion("from warm", { usage }));
  });
  expect(await routeOf(turn)).toEqual(["warm", "warm"]);
});
