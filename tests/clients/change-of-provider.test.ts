import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { numbers, promptForSteps, stepsDone } from "./harness/append-steps.ts";
import { openScene, type Scene } from "./harness/open-scene.ts";
import { runClaude } from "./harness/run-claude.ts";

/*
 * A session that goes back and forth between two vendors, because the first one fails now and then. Each gets a history
 * that the other made in part: thoughts without signature, with a foreign one, in another place, or hidden.
 */

const steps = 24;

const vendors = {
  kimi: { vendor: "moonshot", protocol: "openai-chat", path: "moonshot/WHICH/v1", model: "kimi-k2-thinking" },
  kimiMessages: {
    vendor: "moonshot",
    protocol: "anthropic-messages",
    path: "moonshot/WHICH/v1",
    model: "kimi-k2-thinking",
  },
  deepseek: { vendor: "deepseek", protocol: "openai-chat", path: "deepseek/WHICH/v1", model: "deepseek-v4-pro" },
  openai: { vendor: "openai", protocol: "openai-chat", path: "openai/WHICH/v1", model: "gpt-5.5" },
  claude: {
    vendor: "anthropic",
    protocol: "anthropic-messages",
    path: "anthropic/WHICH/v1",
    model: "claude-sonnet-4-5",
  },
} as const;

type Vendor = keyof typeof vendors;

const pairs: Array<{ first: Vendor; second: Vendor; model: string }> = (
  [
    ["kimi", "deepseek"],
    ["kimi", "openai"],
    ["kimi", "claude"],
    ["claude", "kimi"],
    ["claude", "claude"],
    ["kimiMessages", "kimi"],
  ] as const
).map(([first, second]) => ({ first, second, model: `${first}/then-${second}` }));

let scene: Scene;
beforeAll(async () => {
  scene = await openScene("change-of-provider", (url) => {
    const providers = pairs.flatMap(({ first, second, model }) =>
      ([first, second] as const).map((name, at) => {
        const { vendor, protocol, path, model: upstreamId } = vendors[name];
        const baseUrl = `${url}/${path.replace("WHICH", at === 0 ? "first" : "second")}`;
        const models = { [model]: { upstream_id: upstreamId } };
        return [`${model}-${at}`, { vendor, protocol, base_url: baseUrl, api_keys: ["upstream-key"], models }];
      }),
    );
    return { providers: Object.fromEntries(providers) as Record<string, unknown> };
  });
});
afterAll(() => scene.close());

test.each(pairs)("from $first to $second and back: no step lost, nothing refused", async ({ model }) => {
  const { mock, gateway } = scene;
  mock.reset();
  mock.setFaults(
    ["status=500", "cut=start", "status=529", "status=502"].map((fault, at) => ({
      fault,
      path: "/first/",
      skip: 2 + 3 * at,
      times: 1,
    })),
  );
  const folder = join(scene.folder, model.replace("/", "-"));
  const { code, result } = await runClaude("2.1.330", {
    prompt: promptForSteps(steps),
    target: { ...gateway, model },
    folder,
  });

  expect({ code, isError: result.is_error }).toEqual({ code: 0, isError: false });
  expect(stepsDone(folder)).toEqual(numbers(steps));
  expect(mock.requests.filter(({ status }) => status === 400)).toEqual([]);
  const places = mock.requests.filter(({ status }) => status === 200).map(({ path }) => path.includes("/first/"));
  const changes = places.filter((isFirst, at) => at > 0 && isFirst !== places[at - 1]).length;
  expect(changes).toBeGreaterThanOrEqual(4);
});
