import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { numbers, promptForSteps, stepsDone } from "./harness/append-steps.ts";
import { openScene, type Scene } from "./harness/open-scene.ts";
import { runClaude } from "./harness/run-claude.ts";

const steps = 12;

/** Each vendor by each of its protocols, and the models that differ in how they think. */
const upstreams = [
  { model: "kimi-k2.5", vendor: "moonshot", protocol: "openai-chat", path: "moonshot/v1" },
  { model: "kimi-k3", vendor: "moonshot", protocol: "openai-chat", path: "moonshot/v1" },
  { model: "kimi-k2-thinking", vendor: "moonshot", protocol: "anthropic-messages", path: "moonshot/anthropic/v1" },
  { model: "deepseek-reasoner", vendor: "deepseek", protocol: "openai-chat", path: "deepseek/v1" },
  { model: "deepseek-v4-pro", vendor: "deepseek", protocol: "anthropic-messages", path: "deepseek/anthropic/v1" },
  { model: "glm-5.2", vendor: "zai", protocol: "openai-chat", path: "zai/v1" },
  { model: "glm-5.2", vendor: "zai", protocol: "anthropic-messages", path: "zai/anthropic/v1" },
  { model: "gpt-5.5", vendor: "openai", protocol: "openai-chat", path: "openai/v1" },
  { model: "claude-opus-4-8", vendor: "anthropic", protocol: "anthropic-messages", path: "anthropic/v1" },
  { model: "mock-thinking", vendor: "generic", protocol: "openai-chat", path: "v1" },
].map((upstream, at) => ({ ...upstream, name: `upstream-${at}` }));

let scene: Scene;
beforeAll(async () => {
  scene = await openScene("every-dialect", (url) => {
    const providers = upstreams.map(({ name, model, vendor, protocol, path }) => {
      const models = { [`${name}/${model}`]: { upstream_id: model } };
      return [name, { vendor, protocol, base_url: `${url}/${path}`, api_keys: ["upstream-key"], models }];
    });
    return { providers: Object.fromEntries(providers) as Record<string, unknown> };
  });
});
afterAll(() => scene.close());

describe.each(["2.1.197", "2.1.330"] as const)("Claude Code %s", (version) => {
  test.each(upstreams)(
    `does ${steps} steps on $model by $protocol in the dialect of $vendor, nothing refused, the prefix kept`,
    async ({ name, model, path }) => {
      const { mock, gateway } = scene;
      mock.reset();
      const folder = join(scene.folder, `${version}-${name}`);
      const target = { ...gateway, model: `${name}/${model}` };
      const { code, result } = await runClaude(version, { prompt: promptForSteps(steps), target, folder });

      expect({ code, isError: result.is_error, result: result.result }).toEqual({
        code: 0,
        isError: false,
        result: expect.stringContaining("(mock) Done"),
      });
      expect(stepsDone(folder)).toEqual(numbers(steps));
      expect(mock.requests.map(({ status, refusal }) => ({ status, refusal }))).toEqual(
        numbers(steps + 1).map(() => ({ status: 200, refusal: undefined })),
      );
      expect(mock.requests.every((request) => request.path.startsWith(`/${path}/`))).toBe(true);
      expect(mock.requests.slice(1).every(({ prefixOfPrevious }) => prefixOfPrevious)).toBe(true);
    },
  );
});
