import { describe, expect, test } from "vitest";
import { toObject } from "../../testing/call.ts";
import { chatClient } from "../../testing/client-dialects.ts";
import { badCalls, fastStream, slowStream } from "../../testing/paced-answers.ts";
import { usePricedFleet } from "../../testing/priced-fleet.ts";

/* What a model's name may ask for beside the model. */

const fleet = usePricedFleet();
const { odd, routeOf, refusalOf, streamFrom } = fleet;

describe("suffixes", () => {
  test(":floor is the lowest list price", async () => {
    fleet.setPrices({ even: { prompt: 3, completion: 3 }, prompts: { prompt: 0.1, completion: 10 } });
    expect(await routeOf({ model: "author/m" })).toEqual(["even"]);
    expect(await routeOf({ model: "author/m:floor" })).toEqual(["prompts"]);
  });

  test(":nitro is the highest throughput", async () => {
    odd.set("middle", fastStream);
    for (const provider of ["cheap", "dear"]) odd.set(provider, slowStream);
    for (const provider of ["cheap", "middle", "dear"]) await streamFrom(provider);
    odd.clear();
    expect(await routeOf({ model: "author/m:nitro" })).toEqual(["middle"]);
  });

  test(":exacto is who makes the fewest calls of no use", async () => {
    expect(await routeOf({ model: "author/m:exacto" })).toEqual(["cheap"]);
    odd.set("cheap", badCalls);
    const tools = [{ type: "function", function: { name: "Bash", parameters: { required: ["command"] } } }];
    for (let turn = 0; turn < 3; turn++) {
      await fleet.gateway.ask(chatClient, { model: "author/m", stream: true, tools, provider: { only: ["cheap"] } });
    }
    odd.clear();
    expect(await routeOf({ model: "author/m:exacto" })).toEqual(["middle"]);
  });

  test(":free", async () => {
    expect(await routeOf({ model: "author/mixed:free" })).toEqual(["free"]);
    const { message, param } = await refusalOf({ model: "author/m:free" });
    expect([message, param]).toEqual([expect.stringContaining("is not free"), "model"]);
  });

  test(":extended", async () => {
    expect(await routeOf({ model: "author/mixed:extended" })).toEqual(["paid"]);
  });

  test(":thinking", async () => {
    await fleet.gateway.ask(chatClient, { model: "qwen3-max:thinking" });
    expect(fleet.upstream.last().body).toMatchObject({ model: "qwen3-max", enable_thinking: true });
    await fleet.gateway.ask(chatClient, { model: "qwen3-max" });
    expect(fleet.upstream.last().body).not.toHaveProperty("enable_thinking");
  });

  test("an unknown one is no suffix", async () => {
    expect((await refusalOf({ model: "author/m:quick" })).status).toBe(404);
  });
});

describe("onerouter/auto", () => {
  test("chooses among models, or among those listed, and says why", async () => {
    const heard = await fleet.gateway.ask(
      chatClient,
      { model: "onerouter/auto", models: ["author/second", "author/third"] },
      { headers: { "x-onerouter-plan": "1" } },
    );
    expect(chatClient.text(heard)).toBe("from middle");
    expect(heard.headers["x-onerouter-plan"]).toMatch(
      /^auto: a question; author\/second has .* and costs least of 2 \| middle/,
    );
    expect(await routeOf({ model: "onerouter/auto" })).toEqual(["free"]);
    const { plan } = await fleet.gateway.generation(heard);
    expect(toObject(plan)).toMatchObject({ model: "author/second", choice: expect.stringContaining("auto: ") });
  });

  test("knows long work with tools, thinking, large contexts and tight budgets apart, by published results", async () => {
    const { gateway } = fleet;
    const endpoint = (prompt: number, completion: number, context_length: number) => ({
      pricing: { prompt, completion },
      context_length,
    });
    gateway.applyConfig({
      providers: {
        all: {
          protocol: "openai-chat",
          base_url: fleet.urlOf("all"),
          models: {
            "moonshotai/kimi-k2-thinking": endpoint(0.6, 2.5, 262_144),
            "openai/gpt-5": endpoint(1.25, 10, 400_000),
            "anthropic/claude-sonnet-4.5": endpoint(3, 15, 200_000),
            "deepseek/deepseek-v3.2": endpoint(0.28, 0.42, 128_000),
          },
        },
      },
    });
    const tools = [{ type: "function", function: { name: "look", parameters: { type: "object" } } }];
    const long = [{ role: "user", content: "word ".repeat(200_000) }];
    // Before anything is learnt of how long answers are.
    for (const [fields, model, why] of [
      [{ provider: { sort: "price" } }, "deepseek/deepseek-v3.2", "a question, a tight budget"],
      [{ tools }, "moonshotai/kimi-k2-thinking", "a task of many steps with tools"],
      [{ tools, messages: long }, "moonshotai/kimi-k2-thinking", "a task of many steps with tools, a large context"],
      [{ reasoning: { enabled: true } }, "moonshotai/kimi-k2-thinking", "a question to think about"],
    ] as const) {
      const heard = await gateway.ask(chatClient, { model: "onerouter/auto", ...fields });
      const { plan } = await gateway.generation(heard);
      expect(toObject(plan).model).toBe(model);
      expect(toObject(plan).choice).toContain(`auto: ${why}; ${model} has `);
    }
  });

  test("takes suffixes and wishes", async () => {
    expect(await routeOf({ model: "onerouter/auto:free", models: ["author/second", "author/mixed"] })).toEqual([
      "free",
    ]);
    expect(await routeOf({ model: "onerouter/auto", provider: { only: ["dear"] } })).toEqual(["dear"]);
    const { status, message } = await refusalOf({ model: "onerouter/auto:free", models: ["author/second"] });
    expect([status, message]).toEqual([400, expect.stringContaining("none of the 1 models")]);
  });
});
