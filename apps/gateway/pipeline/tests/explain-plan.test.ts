import { describe, expect, test } from "vitest";
import { call, toArray, toObject, type Heard } from "../../testing/call.ts";
import { callingClients } from "../../testing/calling-clients.ts";
import { fastStream, refuse } from "../../testing/paced-answers.ts";
import { usePricedFleet } from "../../testing/priced-fleet.ts";

const fleet = usePricedFleet();
const tool = { name: "look", schema: { type: "object", properties: {} } };

describe("a plan explains itself", () => {
  test.each(callingClients)("in a header for a $name client that asks, and in the record", async (client) => {
    const { gateway } = fleet;
    const ask = (headers: Record<string, string>): Promise<Heard> =>
      call(gateway.url + client.path("author%2Fm", false), {
        body: { ...client.body("author/m", "hello", [tool], false), provider: { ignore: ["dear"] } },
        headers: { authorization: `Bearer ${gateway.key}`, ...headers },
      }).done;
    const heard = await ask({ "x-onerouter-plan": "1" });
    expect(heard.headers["x-onerouter-plan"]).toMatch(
      /^cheap \$[\d.e-]+ \(expected cost\); middle \$[\d.e-]+ \(expected cost\) \| out: dear \(provider\.ignore: is in the list\)$/,
    );
    expect((await ask({})).headers["x-onerouter-plan"]).toBeUndefined();
    const plan = toObject((await gateway.generation(heard)).plan);
    expect(toArray(plan.candidates).map((one) => toObject(one).provider)).toEqual(["cheap", "middle"]);
    expect(plan.excluded).toEqual([
      expect.objectContaining({ provider: "dear", field: "provider.ignore", reason: "is in the list" }),
    ]);
  });

  test("for a request that nobody makes", async () => {
    const { gateway } = fleet;
    const query = new URLSearchParams({ model: "author/m:floor", provider: '{"zdr":true}', tools: "true" });
    const { status, json } = await gateway.get(`/v1/route?${query.toString()}`);
    expect(status).toBe(200);
    expect(toArray(toObject(json.data).candidates).map((one) => toObject(one).provider)).toEqual(["dear"]);
    const wrong = await gateway.get("/v1/route?model=author/m&provider={");
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining("provider: is not valid JSON")]);
    expect((await gateway.get("/v1/route")).status).toBe(400);
    const misspelt = await gateway.get("/v1/route?model=author/m&fallback_model=[]");
    expect([misspelt.status, misspelt.text]).toEqual([400, expect.stringContaining("did you mean fallback_models?")]);
  });
});

test("what was measured is in the list of endpoints", async () => {
  fleet.odd.set("middle", refuse(500));
  await fleet.routeOf({ provider: { order: ["middle", "cheap"] } });
  fleet.odd.set("cheap", fastStream);
  await fleet.streamFrom("cheap");
  const { json } = await fleet.gateway.get("/v1/models/author/m/endpoints");
  const endpoints = toArray(toObject(json.data).endpoints).map(toObject);
  const byName = Object.fromEntries(endpoints.map((endpoint) => [String(endpoint.provider), endpoint]));
  const percentiles = {
    p50: expect.any(Number),
    p75: expect.any(Number),
    p90: expect.any(Number),
    p99: expect.any(Number),
  };
  expect(byName.cheap).toMatchObject({
    status: 0,
    uptime_last_5m: 100,
    uptime_last_30m: 100,
    uptime_last_1d: 100,
    latency_last_30m: percentiles,
    throughput_last_30m: percentiles,
  });
  expect(byName.middle).toMatchObject({ status: 0, uptime_last_5m: 0 });
  expect(byName.dear).toMatchObject({ uptime_last_5m: null, latency_last_30m: null, throughput_last_30m: null });
});
