import { afterAll, beforeAll, expect, test } from "vitest";
import { answerWell, eventsOf } from "../../apps/gateway/testing/answer-well.ts";
import type { Heard, Json } from "../../apps/gateway/testing/call.ts";
import { clientDialects, messagesClient } from "../../apps/gateway/testing/client-dialects.ts";
import {
  startEventStream,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../../apps/gateway/testing/scripted-upstream.ts";
import { serveGateway, type ServedGateway } from "../../apps/gateway/testing/serve-process.ts";

/* The configuration changes while the server runs and answers are open. */

let first: ScriptedUpstream;
let second: ScriptedUpstream;
let gateway: ServedGateway;
const goOn = Promise.withResolvers<void>();

beforeAll(async () => {
  first = await startScriptedUpstream(async (response, request) => {
    if (request.body.stream !== true) {
      answerWell(response, request, "the first");
      return;
    }
    const events = eventsOf(request, "one two three four");
    startEventStream(response);
    response.write(events.slice(0, 4).join(""));
    await goOn.promise;
    response.end(events.slice(4).join(""));
  });
  second = await startScriptedUpstream((response, request) => answerWell(response, request, "the second"));
  gateway = await serveGateway(configOf(first.url, "old"));
});

afterAll(async () => {
  await gateway.place.remove();
  await Promise.all([first.close(), second.close()]);
});

function configOf(url: string, ...models: string[]): Json {
  const provider = { protocol: "openai-chat", base_url: url, api_keys: ["k"] };
  return {
    providers: { only: { ...provider, models: Object.fromEntries(models.map((model) => [model, {}])) } },
    aliases: { short: models[0] },
  };
}

const ask = (model: string): Promise<Heard> => gateway.ask(messagesClient, { model });

test("a new model is there, a broken file changes nothing, open answers and old records live on", async () => {
  const open = clientDialects.map((client) => ({
    client,
    call: gateway.start(client, { model: "old", stream: true }),
  }));
  await Promise.all(open.map(({ call }) => call.until((text) => text.includes("two"))));

  gateway.configure(configOf(second.url, "new"));
  await expect.poll(async () => (await ask("new")).status, { timeout: 10_000 }).toBe(200);
  expect(messagesClient.text(await ask("new"))).toBe("the second");
  expect(messagesClient.text(await ask("short"))).toBe("the second");
  const gone = await ask("old");
  expect([gone.status, messagesClient.error(gone).type]).toEqual([404, "not_found_error"]);

  for (const broken of [
    "providers: [",
    "providers: {}",
    JSON.stringify({ ...configOf(first.url, "newer"), typo: 1 }),
  ]) {
    const before = gateway.served.output.stderr.length;
    gateway.configure(broken);
    await expect
      .poll(() => gateway.served.output.stderr.slice(before), { timeout: 10_000 })
      .toContain("The configuration stays as it was");
    expect(messagesClient.text(await ask("new"))).toBe("the second");
    expect((await ask("newer")).status).toBe(404);
  }

  goOn.resolve();
  for (const { client, call } of open) {
    const heard = await call.done;
    expect([client.text(heard), client.isFinished(heard.text)]).toEqual(["one two three four", true]);
  }
  gateway.configure(configOf(first.url, "newest"));
  await expect.poll(async () => (await ask("newest")).status, { timeout: 10_000 }).toBe(200);
});
