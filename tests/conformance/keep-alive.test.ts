import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aiSdk, aiSdkNames } from "./sdks/ai-sdk.ts";
import { anthropicSdk } from "./sdks/anthropic-sdk.ts";
import { openaiSdk } from "./sdks/openai-sdk.ts";
import { openrouterSdk } from "./sdks/openrouter-sdk.ts";
import type { Access, Answer, Sdk } from "./sdks/sdk.ts";
import { claude, expressChat, kimi } from "./stand/gateway-config.ts";
import { startStand } from "./stand/start-stand.ts";

/** Longer than the gateway's clock for signs of life takes for a tick. */
const silenceMs = 800;
const stand = await startStand({ keepAliveSeconds: 0.05 });
afterAll(() => stand.close());

const access: Access = { url: stand.url, apiKey: stand.apiKey, prefix: "/v1" };
const sdks = [
  anthropicSdk(access),
  openaiSdk(access),
  ...aiSdkNames.map((name) => aiSdk(name, access)),
  openrouterSdk({ ...access, prefix: "/api/v1" }),
];

const models = [kimi, expressChat, claude];
const questions = models.map((model) => ({ model, text: "think about rivers", think: true }));

/** All models at once; without the usage, since what is cached depends on who asked before. */
async function ask(sdk: Sdk): Promise<Array<Omit<Answer, "usage">>> {
  const answers = await Promise.all(questions.map((question) => sdk.ask(question, true)));
  return answers.map(({ usage: _usage, ...answer }) => answer);
}

const quick = new Map<Sdk, Array<Omit<Answer, "usage">>>();
beforeAll(async () => {
  stand.mock.setFaults([]);
  for (const sdk of sdks) quick.set(sdk, await ask(sdk));
});

describe.each([
  ["before the headers", `latency=${silenceMs}`],
  ["before the first event", `ttft=${silenceMs}`],
  ["in mid-answer", `silence=6,${silenceMs}`],
])("signs of life %s are no part of the answer", (_, fault) => {
  beforeAll(() => stand.mock.setFaults({ fault }));

  test.concurrent.each(sdks.map((sdk) => [sdk.name, sdk] as const))("%s", async (_name, sdk) => {
    const answers = await ask(sdk);
    expect(answers).toEqual(quick.get(sdk));
    expect(answers.map(({ text }) => text.includes("rivers"))).toEqual(models.map(() => true));
  });
});

describe("a refusal after signs of life is an error all the same", () => {
  beforeAll(() => stand.mock.setFaults({ fault: `latency=${silenceMs}+status=400` }));

  test.concurrent.each(sdks.map((sdk) => [sdk.name, sdk] as const))("%s", async (_, sdk) => {
    for (const question of questions) await expect(sdk.ask(question, true)).rejects.toThrow();
  });
});

test.each(["/v1/chat/completions", "/v1/messages"])("%s gives signs of life", async (path) => {
  stand.mock.setFaults({ fault: `latency=${silenceMs}` });
  const body = { model: kimi, messages: [{ role: "user", content: "say hello" }], max_tokens: 1000, stream: true };
  const headers = { authorization: `Bearer ${stand.apiKey}`, "content-type": "application/json" };
  const response = await fetch(stand.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  expect(await response.text()).toContain(": keep-alive");
});
