import { join } from "node:path";
import type { RecordedRequest } from "@onerouter/mock-upstream";
import { expect, test } from "vitest";
import { configFor } from "./harness/main-upstreams.ts";
import { openScene } from "./harness/open-scene.ts";
import { planSessions } from "./harness/plan-sessions.ts";

/** Tokens in a block of the mock's prefix cache, which knows whole blocks only. */
const cacheBlock = 64;
const leastCached = 0.994;
const minutes = 60_000;

// vitest tells its mode in the environment: `npm run test:agents` is the full one.
for (const { agent, upstream, steps } of planSessions(process.env.MODE === "full")) {
  const title = `${agent.name} on ${upstream.protocol} in the dialect of ${upstream.vendor}`;
  const limits = { timeout: 10 * minutes };
  test.concurrent(`${title}: ${steps} steps, nothing refused, the prompt cache kept`, limits, async () => {
    const scene = await openScene("every-agent", (url) => configFor(upstream, url), { cacheBlock });
    try {
      const { mock, gateway, folder } = scene;
      const run = await agent.run({
        prompt: `count to ${steps} by calling the tool each time`,
        target: { ...gateway, model: upstream.model },
        folder: join(folder, "session"),
        timeoutMs: 8 * minutes,
      });

      expect({ code: run.code, error: run.error, text: run.text, stderr: run.code === 0 ? "" : run.stderr }).toEqual({
        code: 0,
        error: undefined,
        text: expect.stringContaining(`I counted to ${steps} in ${steps} tool calls`),
        stderr: "",
      });
      expect(mock.requests.filter(({ status, aborted }) => status !== 200 || aborted).map(summarize)).toEqual([]);
      expect(mock.requests.every((request) => request.path.startsWith(`/${upstream.path}/`))).toBe(true);
      // opencode also asks for a title.
      const turns = mock.requests.filter(hasTools);
      expect(turns).toHaveLength(steps + 1);
      const cached = shareCached(turns);
      const seconds = (run.wallMs / 1000).toFixed(1);
      console.log(`${title}: ${steps} steps in ${seconds} s, ${(cached * 100).toFixed(2)} % cached`);
      expect(turns.slice(1).filter(({ prefixOfPrevious }) => prefixOfPrevious !== true)).toEqual([]);
      expect(cached).toBeGreaterThanOrEqual(leastCached);
      // What the gateway bills as cached is what the upstream said.
      const billed = await gateway.counter("onerouter_tokens_total", { kind: "cache_read" });
      expect(billed / sumBefore(turns)).toBeGreaterThanOrEqual(leastCached);
    } finally {
      await scene.close();
    }
  });
}

function hasTools({ body }: RecordedRequest): boolean {
  const { tools = [] } = body as { tools?: unknown[] };
  return tools.length > 0;
}

function summarize({ status, refusal, aborted }: RecordedRequest): unknown {
  return { status, refusal, aborted };
}

/** What the turns before had sent, and the cache could know therefore. */
function sumBefore(turns: RecordedRequest[]): number {
  return turns.slice(0, -1).reduce((sum, { promptTokens = 0 }) => sum + promptTokens, 0);
}

function shareCached(turns: RecordedRequest[]): number {
  return turns.slice(1).reduce((sum, { cachedTokens = 0 }) => sum + cachedTokens, 0) / sumBefore(turns);
}
