import { afterEach, beforeEach, expect, test } from "vitest";
import { model } from "./harness/client-environment.ts";
import { moonshotConfig } from "./harness/moonshot-config.ts";
import { openScene, type Scene } from "./harness/open-scene.ts";

/** As many as Claude Code's /context sends at once, one for each part of the prompt. */
const parallel = 25;

let scene: Scene;
beforeEach(async () => {
  scene = await openScene("count-tokens", (url) => moonshotConfig({ moonshot: `${url}/moonshot/v1` }));
});
afterEach(() => scene.close());

test(`${parallel} count_tokens requests at once are all answered, and a longer prompt counts more`, async () => {
  const { url, key } = scene.gateway;
  const counts = await Promise.all(
    Array.from({ length: parallel }, async (_, at) => {
      const response = await fetch(`${url}/v1/messages/count_tokens?beta=true`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${key}`,
          "anthropic-version": "2023-06-01",
          "content-type": "application/json",
        },
        body: JSON.stringify({
          model,
          messages: [{ role: "user", content: "a word and another ".repeat(1 + at * 20) }],
        }),
      });
      const { input_tokens: tokens } = (await response.json()) as { input_tokens: number };
      return { status: response.status, tokens };
    }),
  );
  expect(counts.map(({ status }) => status)).toEqual(counts.map(() => 200));
  for (const [at, { tokens }] of counts.entries()) expect(tokens).toBeGreaterThan(counts[at - 1]?.tokens ?? 0);
});
