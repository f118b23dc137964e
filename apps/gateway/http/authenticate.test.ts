import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createKey } from "../identity/create-key.ts";
import { openStorage } from "../storage/open-storage.ts";
import { call, type Heard } from "../testing/call.ts";
import { chatClient, clientDialects } from "../testing/client-dialects.ts";
import { startTestGateway, type TestGateway } from "../testing/start-test-gateway.ts";

const day = 86_400_000;
const now = Date.now();
const expired = createKey("expired", now - day, { expiresAt: now - 1000 });
const revoked = createKey("revoked", now - day);
const stillGood = createKey("still good", now - day, { expiresAt: now + day });

let upstream: MockUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startMockUpstream();
  gateway = await startTestGateway({
    providers: {
      first: { protocol: "openai-chat", base_url: upstream.url, api_keys: ["secret-of-ours"], models: { m: {} } },
    },
    keys: [expired.record, { ...revoked.record, revokedAt: now - 1000 }, stillGood.record],
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

describe.each(clientDialects)("$name", (dialect) => {
  const post = (path: string, headers: Record<string, string>, body: unknown = dialect.body()): Promise<Heard> =>
    call(gateway.url + path, { body, headers }).done;

  test.each([dialect.path, `/api${dialect.path}`, `${dialect.path}?beta=true`, `/${dialect.path}`, `${dialect.path}/`])(
    "%s takes a key as a bearer and as x-api-key",
    async (path) => {
      for (const key of [gateway.key, stillGood.key]) {
        const ways: Array<Record<string, string>> = [
          { authorization: `Bearer ${key}` },
          { authorization: `bearer ${key}` },
          { "x-api-key": key },
        ];
        for (const headers of ways) expect((await post(path, headers)).status).toBe(200);
      }
    },
  );

  test("the caller's key goes no further: the upstream gets the provider's", () => {
    const all = JSON.stringify(upstream.requests.map(({ headers, body }) => ({ headers, body })));
    expect(all).toContain("secret-of-ours");
    expect(all).not.toContain(gateway.key);
  });

  test.each([
    ["no key", {}],
    ["an empty bearer", { authorization: "Bearer " }],
    ["a wrong key", { authorization: `Bearer sk-or-v1-${"0".repeat(64)}` }],
    ["a password", { authorization: "Basic dXNlcjpwYXNz" }],
    ["a key of 10 KB", { "x-api-key": "x".repeat(10_000) }],
    ["an expired key", { authorization: `Bearer ${expired.key}` }],
    ["a revoked key", { "x-api-key": revoked.key }],
  ])("%s is a 401 that repeats nothing of it", async (_name, headers: Record<string, string>) => {
    const heard = await post(dialect.path, headers);
    expect([heard.status, dialect.error(heard)]).toMatchObject([
      401,
      dialect.name === "openai-chat" ? { code: "invalid_api_key" } : { type: "authentication_error" },
    ]);
    for (const value of Object.values(headers)) {
      const [, credential = value] = value.split(" ");
      if (credential !== "") expect(heard.text).not.toContain(credential);
    }
  });

  test("a stranger is refused before the body", async () => {
    expect((await post(dialect.path, {}, "not JSON")).status).toBe(401);
    expect((await post(dialect.path, {}, Buffer.alloc(50 * 1024 * 1024, " "))).status).toBe(401);
  });
});

test("a key that is revoked while the gateway runs is refused soon after", async () => {
  const storage = await openStorage({ url: "sqlite:./onerouter.db", baseDir: gateway.folder });
  const fresh = createKey("fresh", Date.now());
  const ask = (): Promise<Heard> => call(`${gateway.url}/v1/models`, { headers: { "x-api-key": fresh.key } }).done;
  try {
    expect((await ask()).status).toBe(401);
    await storage.keys.insert(fresh.record);
    await vi.waitFor(async () => expect((await ask()).status).toBe(200), { timeout: 5000 });
    await storage.keys.revoke("fresh", Date.now());
    await vi.waitFor(async () => expect((await ask()).status).toBe(401), { timeout: 5000 });
  } finally {
    await storage.close();
  }
});

test("the lists and records want a key too, the probes do not", async () => {
  const statuses = async (paths: string[]): Promise<number[]> =>
    await Promise.all(paths.map(async (path) => (await call(gateway.url + path).done).status));
  expect(await statuses(["/v1/models", "/v1/models/m", "/api/v1/models", "/v1/generation?id=x"])).toEqual([
    401, 401, 401, 401,
  ]);
  expect(await statuses(["/", "/healthz", "/readyz", "/metrics", "/api/hello"])).toEqual([200, 200, 200, 200, 200]);
});

test.each(["", "?id=", "?id=nothing", "?id=a&id=b", "?id[]=a", "?id=%00", `?id=${"x".repeat(5000)}`])(
  "no generation is found at /v1/generation%s",
  async (query) => {
    const heard = await gateway.get(`/v1/generation${query}`);
    expect([heard.status, chatClient.error(heard).param]).toEqual([404, "id"]);
  },
);

test("one key cannot read the generations of another", async () => {
  const heard = await gateway.ask(chatClient);
  expect(await gateway.generation(heard)).toMatchObject({ model: "m" });
  const id = String(heard.headers["x-onerouter-generation-id"]);
  const other = await gateway.get(`/v1/generation?id=${id}`, { authorization: `Bearer ${stillGood.key}` });
  expect([other.status, other.text]).toEqual([404, expect.stringContaining("no such generation of this key")]);
});
