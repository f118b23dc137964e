import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createWorkplace, type Workplace } from "./testing/run-onerouter.ts";

let place: Workplace;
beforeEach(() => {
  place = createWorkplace();
});
afterEach(() => place.remove());

function config(models: string, baseUrl = "http://127.0.0.1:9/v1"): string {
  return `providers:
  upstream:
    protocol: openai-chat
    base_url: ${baseUrl}
    api_keys: ["\${UPSTREAM_KEY}"]
    models: { ${models} }
`;
}

async function statusOf(url: string, key: string): Promise<number> {
  const response = await fetch(`${url}/v1/messages`, {
    method: "POST",
    headers: { "x-api-key": key, "content-type": "application/json" },
    body: "{}",
  });
  await response.arrayBuffer();
  return response.status;
}

async function modelsOf(url: string, key = ""): Promise<string[]> {
  const response = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
  const { data } = (await response.json()) as { data: Array<{ id: string }> };
  return data.map(({ id }) => id);
}

describe("without a configuration", { timeout: 30_000 }, () => {
  test("the mock answers, is called a mock, and stops cleanly", async () => {
    const served = await place.serve();
    expect(served.ready).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      pid: served.child.pid,
      key: expect.stringMatching(/^sk-or-v1-/),
      mock: true,
    });
    const { url, key = "" } = served.ready;
    const response = await fetch(`${url}/v1/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({
        model: "kimi-k2-thinking",
        max_tokens: 1000,
        messages: [{ role: "user", content: "say hello" }],
      }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ type: "message", model: "kimi-k2-thinking" });

    const file = join(place.folder, ".onerouter", "server.json");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ pid: served.ready.pid, url });
    expect(JSON.parse((await place.run(["env", "--json"])).stdout)).toMatchObject({ ANTHROPIC_BASE_URL: url });
    expect(JSON.parse((await place.run(["doctor", "--json"])).stdout)).toMatchObject({ ok: true });
    expect(await served.end("SIGTERM")).toBe(0);
    expect(existsSync(file)).toBe(false);
    expect(served.output.stdout.trim().split("\n")).toHaveLength(1);
  });

  test("keys made and revoked while it runs count from the moment the command returns", async () => {
    const { ready } = await place.serve();
    const { key } = JSON.parse((await place.run(["keys", "create", "--name", "ci", "--json"])).stdout) as {
      key: string;
    };
    expect(await statusOf(ready.url, key)).toBe(400);
    await place.run(["keys", "revoke", "ci"]);
    expect(await statusOf(ready.url, key)).toBe(401);
  });

  test("settings changed while it runs count from the moment the command returns, and outlive kill -9", async () => {
    const first = await place.serve();
    const create = ["keys", "create", "--name", "ci", "--json", "--models", "anthropic/*"];
    const { key } = JSON.parse((await place.run(create)).stdout) as { key: string };
    const statusOfModel = async (url: string): Promise<number> =>
      (await fetch(`${url}/v1/models/kimi-k2-thinking`, { headers: { "x-api-key": key } })).status;
    expect(await statusOfModel(first.ready.url)).toBe(403);
    await place.run(["keys", "update", "ci", "--models", "kimi-k2-thinking"]);
    expect(await statusOfModel(first.ready.url)).toBe(200);
    await place.run(["keys", "update", "ci", "--models", "openai/*"]);
    await first.end("SIGKILL");
    const second = await place.serve();
    expect(await statusOfModel(second.ready.url)).toBe(403);
  });

  test("keys outlive kill -9", async () => {
    const first = await place.serve();
    await first.end("SIGKILL");
    const second = await place.serve();
    expect(second.ready.key).toBe(first.ready.key);
    expect(await statusOf(second.ready.url, second.ready.key ?? "")).toBe(400);
  });

  test("a port in use is said in words", async () => {
    const { ready } = await place.serve();
    const port = new URL(ready.url).port;
    const { code, stderr, stdout } = await place.run(["serve", "--port", port]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`port ${port} on 127.0.0.1 is taken by OneRouter itself, process ${ready.pid}`);
  });

  test("the banner shows URL, key, the exports and the mock", async () => {
    const { ready } = await place.serve();
    const port = await freePort();
    const second = place.run(["serve", "--port", String(port)], {});
    await vi.waitFor(
      async () =>
        expect(await modelsOf(`http://127.0.0.1:${port}`, ready.key)).toContain("moonshotai/kimi-k2-thinking"),
      {
        timeout: 10_000,
      },
    );
    const { pid } = JSON.parse(readFileSync(join(place.folder, ".onerouter", "server.json"), "utf8")) as {
      pid: number;
    };
    process.kill(pid, "SIGINT");
    const { stdout, code } = await second;
    expect(code).toBe(0);
    for (const part of [
      `http://127.0.0.1:${port}`,
      ready.key ?? "",
      `export ANTHROPIC_BASE_URL=http://127.0.0.1:${port}\n`,
      `export ANTHROPIC_AUTH_TOKEN=${ready.key}\n`,
      "export ANTHROPIC_MODEL=kimi-k2-thinking\n",
      "npx onerouter claude",
      "MOCK",
    ]) {
      expect(stdout).toContain(part);
    }
  });
});

describe("with an operator's configuration", { timeout: 30_000 }, () => {
  const env = { UPSTREAM_KEY: "upstream-key" };
  let upstream: Server | undefined;
  afterEach(() => {
    upstream?.closeAllConnections();
    upstream?.close();
  });

  test("the key is shown once only, and there is no mock", async () => {
    writeFileSync(join(place.folder, "onerouter.yaml"), config("a/b: {}"));
    const first = await place.serve([], { env });
    expect(first.ready.key).toMatch(/^sk-or-v1-/);
    expect(first.ready).not.toHaveProperty("mock");
    await first.end("SIGTERM");
    const second = await place.serve([], { env });
    expect(second.ready).not.toHaveProperty("key");
    expect(await statusOf(second.ready.url, first.ready.key ?? "")).toBe(400);
  });

  test("an unset variable stops it, naming field and variable", async () => {
    writeFileSync(join(place.folder, "onerouter.yaml"), config("a/b: {}"));
    const { code, stderr } = await place.run(["serve", "--port", "0"]);
    expect(code).toBe(1);
    expect(stderr).toContain("providers.upstream.api_keys[0]: the environment variable UPSTREAM_KEY is not set");
  });

  test("a changed file is taken up, a broken one is reported and changes nothing", async () => {
    const file = join(place.folder, "onerouter.yaml");
    writeFileSync(file, config("a/b: {}"));
    const { ready, output } = await place.serve([], { env });
    const seeModels = (ids: string[]): Promise<void> =>
      vi.waitFor(async () => expect(await modelsOf(ready.url, ready.key)).toEqual(ids), { timeout: 5000 });
    await seeModels(["a/b"]);
    writeFileSync(`${file}.new`, config("a/b: {}, c/d: {}"));
    renameSync(`${file}.new`, file);
    await seeModels(["a/b", "c/d"]);
    writeFileSync(file, config("a/b: { contxt_length: 1 }"));
    await vi.waitFor(() => expect(output.stderr).toContain("did you mean context_length?"), { timeout: 5000 });
    await seeModels(["a/b", "c/d"]);
    writeFileSync(file, config("e/f: {}"));
    await seeModels(["e/f"]);
  });

  test("doctor reaches the provider with its own key, and fails when it is refused or away", async () => {
    const asked: unknown[] = [];
    let status = 200;
    upstream = createServer((request, response) => {
      asked.push([request.method, request.url, request.headers.authorization]);
      response.writeHead(status, { location: "http://127.0.0.1:9/" }).end("{}");
    }).listen(0, "127.0.0.1");
    await vi.waitFor(() => expect(upstream?.listening).toBe(true));
    const { port } = upstream.address() as AddressInfo;
    const text = config("a/b: {}", `http://127.0.0.1:${port}/v1`);
    writeFileSync(join(place.folder, "onerouter.yaml"), `server: { port: ${await freePort()} }\n${text}`);

    const doctor = async (): Promise<{ code: number | null; failed: string[] }> => {
      const { code, stdout } = await place.run(["doctor", "--json"], { env });
      const { checks } = JSON.parse(stdout) as { checks: Array<{ check: string; status: string }> };
      return { code, failed: checks.filter((check) => check.status === "fail").map(({ check }) => check) };
    };
    expect(await doctor()).toEqual({ code: 0, failed: [] });
    expect(asked).toEqual([["GET", "/v1/models", "Bearer upstream-key"]]);
    status = 401;
    expect(await doctor()).toEqual({ code: 1, failed: ["provider upstream"] });
    upstream.closeAllConnections();
    upstream.close();
    expect(await doctor()).toEqual({ code: 1, failed: ["provider upstream"] });
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await vi.waitFor(() => expect(server.listening).toBe(true));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
