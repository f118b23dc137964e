import { beforeEach, describe, expect, test } from "vitest";
import type { Sdk } from "../sdks/sdk.ts";
import { upstreams, type Upstream } from "../stand/gateway-config.ts";
import type { Stand } from "../stand/start-stand.ts";
import { ways } from "./describe-answers.ts";
import { recordValue } from "./tools.ts";

const steps = 6;

/**
 * The SDK calls tools in a loop and brings its own history back, to upstreams that refuse calls under other ids than they
 * gave, missing thoughts, and thoughts and signatures that they did not make.
 */
export function describeToolLoop(sdk: Sdk, stand: Stand): void {
  beforeEach(() => stand.mock.reset());

  describe.each(upstreams.map((upstream) => [upstream.model, upstream] as const))("%s", (model, upstream) => {
    test.each(ways)(`a tool loop of ${steps} steps, %s`, async (_, streamed) => {
      const recorded: unknown[] = [];
      const tools = [recordValue(recorded)];
      const end = await sdk.runTools(
        { model, text: `count to ${steps} with record_value`, tools, think: true },
        streamed,
      );
      expect(end.text).toBe(`(mock) Done: I counted to ${steps} in ${steps} tool calls.`);
      expect(end.usage.output).toBeGreaterThan(0);
      expect(recorded).toEqual(["1", "2", "3", "4", "5", "6"]);

      const { requests } = stand.mock;
      expect(requests.map(({ status }) => status)).toEqual(Array.from({ length: steps + 1 }, () => 200));
      // What an upstream has cached of the conversation stays usable.
      expect(requests.slice(1).map(({ prefixOfPrevious }) => prefixOfPrevious)).not.toContain(false);
      const thoughts = new Set(JSON.stringify(requests.at(-1)?.body).match(/\(thought \w+\)/g));
      expect(thoughts.size).toBe(bringsThoughts(sdk, upstream) ? steps : 0);
    });

    test.each(ways)("parallel calls, %s", async (_, streamed) => {
      const recorded: unknown[] = [];
      const tools = [recordValue(recorded)];
      const end = await sdk.runTools({ model, text: "call 3 tools in parallel: record_value", tools }, streamed);
      expect(end.text).toBe("(mock) Done: 3 tools answered in parallel.");
      expect(recorded).toEqual(["1", "2", "3"]);
      const { requests } = stand.mock;
      expect(requests.map(({ status }) => status)).toEqual([200, 200]);
      // Thoughts that nobody asked for come back as well.
      const thoughts = JSON.stringify(requests.at(-1)?.body).match(/\(thought \w+\)/g) ?? [];
      expect(thoughts).toHaveLength(upstream.thinksUnasked && bringsThoughts(sdk, upstream) ? 1 : 0);
    });
  });
}

/** Anthropic takes no thought without its signature. */
function bringsThoughts({ replays }: Sdk, { thoughts, protocol }: Upstream): boolean {
  if (thoughts === "hidden" || replays === "none") return false;
  return replays === "thoughts" || protocol === "openai-chat";
}
