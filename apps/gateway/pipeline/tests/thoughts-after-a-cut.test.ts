import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { call, readEvents, toObject, type Json } from "../../testing/call.ts";
import { sessionClients, type SessionClient } from "../../testing/session-clients.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/*
 * A turn that several attempts have written goes back with the thought of the attempt that made the call: OpenAI refuses a
 * reasoning item before a call that did not come of it. The mock thinks anew each time.
 */

const client = sessionClients.find(({ name }) => name === "openai-responses") as SessionClient;

let mock: MockUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  mock = await startMockUpstream();
  const base_url = `${mock.url}/openai/v1`;
  gateway = await startTestGateway({
    providers: { openai: { protocol: "openai-responses", vendor: "openai", base_url, models: { "gpt-5.5": {} } } },
  });
});
afterAll(async () => {
  await gateway.stop();
  await mock.close();
});
beforeEach(() => mock.reset());

async function ask(history: readonly Json[], fields: Json): Promise<Json> {
  const heard = await call(gateway.url + client.path("gpt-5.5"), {
    headers: { authorization: `Bearer ${gateway.key}` },
    body: { ...client.body("gpt-5.5", history), stream: true, ...fields },
  }).done;
  expect([heard.status, heard.status === 200 ? "" : heard.text]).toEqual([200, ""]);
  const last = toObject(readEvents(heard.text).at(-1));
  expect(last.type).toBe("response.completed");
  return toObject(last.response);
}

const places = ["20%", "30%", "40%", "50%", "60%", "70%", "80%", "90%", "95%"];

describe.each([
  ["the express lane", {}],
  ["the long way", { provider: {} }],
])("%s", (_name, fields) => {
  test.each(places)("cut at %s of the answer, and again at each place of the next one", async (place) => {
    for (const again of ["100%", ...places]) {
      mock.reset();
      let history = client.begin("Say what you do.\nrun echo 1, then run echo 2");
      const first = await ask(history, fields);
      history = [...history, ...client.remember(first), ...client.results(client.calls(first), "1")];
      const cuts = again === "100%" ? [place] : [place, again];
      mock.setFaults(cuts.map((cut, at) => ({ fault: `cut=${cut}`, skip: at, times: 1 })));
      const second = await ask(history, fields);
      expect([again, client.calls(second).length]).toEqual([again, 1]);
      expect(client.visible(second).match(/Step 2/g)).toHaveLength(1);
      history = [...history, ...client.remember(second), ...client.results(client.calls(second), "2")];
      const done = await ask(history, fields);
      expect(client.visible(done)).toContain("(mock) Done");
      expect(mock.requests.flatMap(({ refusal = [] }) => refusal)).toEqual([]);
    }
  });
});
