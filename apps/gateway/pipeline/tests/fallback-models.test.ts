import { beforeEach, expect, test } from "vitest";
import { answerWell } from "../../testing/answer-well.ts";
import { chatClient, messagesClient } from "../../testing/client-dialects.ts";
import { refuse } from "../../testing/paced-answers.ts";
import { usePricedFleet } from "../../testing/priced-fleet.ts";

/* Models to fall back on, in each of the fields that name some. */

const fleet = usePricedFleet();
const { odd, routeOf, refusalOf } = fleet;

beforeEach(() => {
  for (const provider of ["cheap", "dear"]) odd.set(provider, refuse(500));
  odd.set("middle", (response, request) =>
    request.body.model === "author/m" ? refuse(503)(response, request) : answerWell(response, request, "from middle"),
  );
});

const all = ["cheap", "middle", "dear", "middle"];

test("models", async () => {
  expect(await routeOf({ models: ["author/m", "author/second"] })).toEqual(all);
  const record = await fleet.gateway.generation(
    await fleet.gateway.ask(chatClient, { model: "author/m", models: ["author/second"] }),
  );
  expect(record).toMatchObject({ requested_model: "author/m", model: "author/second", provider_name: "middle" });
});

test("fallback_models", async () => {
  expect(await routeOf({ fallback_models: ["author/second"], fallback_rules: "auto" })).toEqual(all);
});

test.each([[[{ model: "author/second" }]], [["author/second"]]])(
  "fallbacks of a Messages client: %j",
  async (fallbacks) => {
    expect(await routeOf({ fallbacks }, messagesClient)).toEqual(all);
  },
);

test("a model that is not here is named", async () => {
  expect(await refusalOf({ models: ["author/second", "author/scond"] })).toEqual({
    status: 404,
    message: 'models[1]: "author/scond" is not a model here; did you mean "author/second"?',
    param: "models[1]",
  });
});

test("a suffix holds for the model that has it: what is free first, what costs then", async () => {
  odd.set("free", refuse(500));
  expect(await routeOf({ model: "author/mixed:free", models: ["author/second"] })).toEqual(["free", "middle"]);
  expect(await routeOf({ model: "author/mixed:free", models: ["author/mixed"] })).toEqual(["free", "paid"]);
  const heard = await fleet.gateway.ask(chatClient, { model: "author/gratis", models: ["author/mixed:free"] });
  expect([heard.status, fleet.asked().includes("paid")]).toEqual([502, false]);
});

test("what of a fallback has no effect is on the receipt", async () => {
  odd.clear();
  const models = ["author/second:thinking", "onerouter/auto"];
  const heard = await fleet.gateway.ask(chatClient, { model: "author/m", models });
  expect(heard.headers["x-onerouter-receipt"]).toBe("dropped=models[0],models[1]");
});
