import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startMockUpstream } from "../index.ts";
import type { MockUpstream } from "../index.ts";
import { post } from "../testing/talk.ts";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "faults" });
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

describe("where faults come from", () => {
  const body = { model: "m", messages: [{ role: "user", content: "hello" }] };
  const ask = async (headers: Record<string, string> = {}, model = "m") =>
    (await post(`${mock.url}/v1/chat/completions`, { ...body, model }, headers)).status;

  test("header, model suffix, rules and the control endpoint", async () => {
    expect(await ask({ "x-mock-fault": "status=503" })).toBe(503);
    expect(await ask({ "x-mock-fault": "status=503" }, "m+status=409")).toBe(409);
    mock.setFaults([{ fault: "status=500", times: 1 }]);
    expect([await ask(), await ask()]).toEqual([500, 200]);
    await post(`${mock.url}/__mock/faults`, { fault: "status=529", model: "m" });
    expect(await ask()).toBe(529);
    await post(`${mock.url}/__mock/faults`, []);
    expect(await ask()).toBe(200);
  });

  test("a misspelt fault is refused loudly", async () => {
    const heard = await post(`${mock.url}/v1/chat/completions`, { ...body, model: "m+ltency=5" });
    expect(heard.status).toBe(400);
    expect(heard.text).toContain('mock fault: unknown fault \\"ltency\\"');
    expect((await post(`${mock.url}/__mock/faults`, { fault: "nonsense" })).status).toBe(400);
  });

  test("the control endpoint shows and forgets requests", async () => {
    await ask();
    const shown = await (await fetch(`${mock.url}/__mock/requests`)).json();
    expect(shown).toMatchObject({
      requests: [{ method: "POST", path: "/v1/chat/completions", body, status: 200, aborted: false }],
    });
    await post(`${mock.url}/__mock/reset`, {});
    expect(mock.requests).toEqual([]);
  });
});

test("an endless stream of requests does not fill the memory", async () => {
  const small = await startMockUpstream({ maxRequests: 3, maxRequestBytes: 10_000 });
  for (let at = 0; at < 6; at++)
    await post(`${small.url}/v1/chat/completions`, { model: "m", messages: [{ role: "user", content: `${at}` }] });
  expect(small.requests).toHaveLength(3);
  await post(`${small.url}/v1/chat/completions`, {
    model: "m",
    messages: [{ role: "user", content: "x".repeat(20_000) }],
  });
  expect(small.requests).toHaveLength(1);
  await small.close();
});

test("the CLI prints where it listens, and the requests without what they asked", async () => {
  const program = new URL("../main.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [program, "--faults", "status=503", "--log"], {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let printed = "";
  child.stdout.on("data", (text: Buffer) => (printed += text.toString()));
  await once(child.stdout, "data");
  const { url } = JSON.parse(printed);
  expect(
    (await post(`${url}/v1/messages`, { model: "m", max_tokens: 5, messages: [{ role: "user", content: "x" }] }))
      .status,
  ).toBe(503);
  child.kill("SIGTERM");
  expect((await once(child, "close"))[0]).toBe(0);
  const [, ...lines] = printed.trim().split("\n");
  const fault = { status: { code: 503 } };
  expect(lines.map((one): unknown => JSON.parse(one))).toEqual([
    expect.objectContaining({ path: "/v1/messages", finished: false }),
    expect.objectContaining({ path: "/v1/messages", finished: true, status: 503, aborted: false, fault }),
  ]);
  expect(printed).not.toContain("max_tokens");
});
