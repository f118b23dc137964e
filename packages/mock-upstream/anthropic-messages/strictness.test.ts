import { afterAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import { bash, claude, refusalOf, text } from "../testing/messages-history.ts";
import { post } from "../testing/talk.ts";

const mock = await startMockUpstream({ seed: "strict" });
afterAll(() => mock.close());
const refusal = (body: JsonObject, headers: Record<string, string> = {}, base = "/anthropic") =>
  refusalOf(mock.url + base, body, headers);

function without(body: JsonObject, field: string): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== field));
}

function formed(schema: JsonObject): JsonObject {
  return { ...claude, output_config: { format: { type: "json_schema", schema } } };
}

describe("fields", () => {
  test.each<[string, JsonObject, string]>([
    ["model missing", without(claude, "model"), "model: Field required"],
    ["messages missing", without(claude, "messages"), "messages: Field required"],
    ["max_tokens missing", without(claude, "max_tokens"), "max_tokens: Field required"],
    ["max_tokens 0", { ...claude, max_tokens: 0 }, "max_tokens: Input should be greater than or equal to 1"],
    ["max_tokens too high", { ...claude, max_tokens: 200_000 }, "max_tokens: 200000 > 64000, which is the maximum"],
    ["unknown field", { ...claude, reasoning_effort: "high" }, "reasoning_effort: Extra inputs are not permitted"],
    [
      "context_management without its beta",
      { ...claude, context_management: { edits: [] } },
      "context_management: Extra inputs are not permitted",
    ],
    ["unknown metadata", { ...claude, metadata: { session: "x" } }, "metadata.session: Extra inputs are not permitted"],
    ["system of another form", { ...claude, system: [{ type: "image" }] }, "system.0.type: Input should be 'text'"],
    ["empty system text", { ...claude, system: [text("")] }, "system: text content blocks must be non-empty"],
    ["temperature above 1", { ...claude, temperature: 1.5 }, "temperature: range: 0..1"],
    [
      "temperature and top_p",
      { ...claude, temperature: 1, top_p: 1 },
      "`temperature` and `top_p` cannot both be specified",
    ],
    ["a long user id", { ...claude, metadata: { user_id: "x".repeat(257) } }, "should have at most 256 characters"],
    ["an address as user id", { ...claude, metadata: { user_id: "a@example.com" } }, "to contain an email address"],
    ["blank stop", { ...claude, stop_sequences: ["\n"] }, "each stop sequence must contain non-whitespace"],
    ["empty stop", { ...claude, stop_sequences: [""] }, "each stop sequence must be non-empty"],
    [
      "sampling of the newest",
      { ...claude, model: "claude-opus-4-8", temperature: 0.5 },
      "`temperature` is deprecated",
    ],
    ["effort where there is none", { ...claude, output_config: { effort: "low" } }, "does not support the effort"],
    [
      "an effort of newer models",
      { ...claude, model: "claude-sonnet-4-6", output_config: { effort: "xhigh" } },
      "'xhigh' is not supported on this model",
    ],
    [
      "open schema",
      formed({ type: "object", properties: {} }),
      "'additionalProperties' must be explicitly set to false",
    ],
    [
      "bounds in a schema",
      formed({ type: "integer", minimum: 1, maximum: 2 }),
      "For 'integer' type, properties maximum, minimum are not supported",
    ],
    [
      "schema that refers to itself",
      formed({ $ref: "#/$defs/a", $defs: { a: { type: "array", items: { $ref: "#/$defs/a" } } } }),
      "Circular reference detected",
    ],
    ["alternatives of one", formed({ oneOf: [{ type: "string" }] }), "Schema type 'oneOf' is not supported"],
    [
      "bounds in a strict tool",
      { ...claude, tools: [{ ...bash, strict: true }] },
      "tools.0.custom: For 'object' type, 'additionalProperties' must be explicitly set to false",
    ],
    ["unknown effort", { ...claude, output_config: { effort: "huge" } }, "output_config.effort: Input should be"],
    [
      "five cache marks",
      { ...claude, system: Array.from({ length: 5 }, () => ({ ...text("x"), cache_control: { type: "ephemeral" } })) },
      "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ],
    [
      "cache mark of another type",
      { ...claude, system: [{ ...text("x"), cache_control: { type: "persistent" } }] },
      "does not match any of the expected tags: 'ephemeral'",
    ],
    [
      "cache mark with a scope but no beta",
      { ...claude, system: [{ ...text("x"), cache_control: { type: "ephemeral", scope: "global" } }] },
      "scope: Extra inputs are not permitted",
    ],
    ["overflow", { ...claude, messages: [{ role: "user", content: "x".repeat(900_000) }] }, "prompt is too long: 2250"],
  ])("%s", async (_name, body, message) => {
    expect(await refusal(body)).toEqual([400, expect.stringContaining(message)]);
  });

  test("an unknown model is not found", async () => {
    expect(await refusal({ ...claude, model: "kimi-k3" })).toEqual([404, "model: kimi-k3"]);
    expect(await refusal({ ...claude, model: "kimi-k3" }, {}, "")).toEqual([200, undefined]);
  });

  test("beta headers open what belongs to them, and must look like betas", async () => {
    const managed = { ...claude, context_management: { edits: [] } };
    expect(await refusal(managed, { "anthropic-beta": "context-management-2025-06-27" })).toEqual([200, undefined]);
    expect(await refusal(claude, { "anthropic-beta": "nonsense" })).toEqual([
      400,
      expect.stringContaining("Unexpected value(s) `nonsense`"),
    ]);
    const wide = { ...claude, messages: [{ role: "user", content: "x".repeat(900_000) }] };
    expect(await refusal(wide, { "anthropic-beta": "context-1m-2025-08-07" })).toEqual([200, undefined]);
  });

  test("the error body is Anthropic's", async () => {
    const { json, headers } = await post(`${mock.url}/v1/messages`, { ...claude, foo: 1 });
    expect(json).toEqual({
      type: "error",
      error: { type: "invalid_request_error", message: "foo: Extra inputs are not permitted" },
      request_id: headers["request-id"],
    });
  });

  test("keys", async () => {
    const locked = await startMockUpstream({ apiKeys: ["right"] });
    const ask = async (headers: Record<string, string>) =>
      (await post(`${locked.url}/v1/messages`, claude, headers)).json;
    expect(await ask({ authorization: "Bearer right" })).toMatchObject({ type: "message" });
    expect(await ask({ authorization: "", "x-api-key": "right" })).toMatchObject({ type: "message" });
    expect(await ask({ authorization: "", "x-api-key": "wrong" })).toMatchObject({
      error: { type: "authentication_error", message: "invalid x-api-key" },
    });
    expect(await ask({ authorization: "" })).toMatchObject({ error: { type: "authentication_error" } });
    await locked.close();
  });
});
