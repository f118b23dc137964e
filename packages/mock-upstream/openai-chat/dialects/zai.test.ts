import { afterAll, expect, test } from "vitest";
import type { JsonObject } from "../../json-object.ts";
import { startMockUpstream } from "../../index.ts";
import { hello, tool } from "../../testing/chat-history.ts";
import { refusalOf } from "../../testing/talk.ts";

const mock = await startMockUpstream({ seed: "strict" });
afterAll(() => mock.close());
const refusal = (base: string, body: JsonObject) => refusalOf(mock.url + base, body);

const glm = { model: "glm-5.2", messages: [hello] };

test.each<[what: string, body: JsonObject, words: string]>([
  ["unknown model", { ...glm, model: "gpt-4" }, "Unknown Model"],
  ["unknown field", { ...glm, metadata: {} }, "Invalid API parameter, please check the documentation. metadata"],
  ["temperature above 1", { ...glm, temperature: 1.5 }, "documentation. temperature"],
  ["top_p of 0", { ...glm, top_p: 0 }, "documentation. top_p"],
  ["forced tool", { ...glm, tools: [tool], tool_choice: "required" }, "documentation. tool_choice"],
  [
    "schema",
    { ...glm, response_format: { type: "json_schema", json_schema: { name: "a", schema: {} } } },
    "documentation. response_format",
  ],
  ["short user id", { ...glm, user_id: "abc" }, "documentation. user_id"],
  ["unknown effort", { ...glm, reasoning_effort: "ultra" }, "documentation. reasoning_effort"],
  ["rest of a model that always thinks", { ...glm, model: "glm-5.3", thinking: { type: "disabled" } }, "thinking.type"],
  ["two stops", { ...glm, stop: ["a", "b"] }, "Expected an array with maximum length 1"],
  ["developer", { ...glm, messages: [{ role: "developer", content: "x" }, hello] }, "Invalid value: 'developer'"],
])("Z.ai refuses: %s", async (_, body, words) => {
  expect(await refusal("/zai", body)).toEqual([400, expect.stringContaining(words)]);
});
