import { invalidRequest, Refusal } from "../../answer.ts";
import type { Exchange } from "../../exchange.ts";
import { asObject } from "../../json-object.ts";
import { checkReplayedReasoning } from "../check-reasoning.ts";
import type { ChatDialect } from "./dialect.ts";
import { genericDialect } from "./generic.ts";

const requestFields = [
  ..."model messages request_id do_sample stream stream_options thinking reasoning_effort temperature".split(" "),
  ..."top_p max_tokens tool_stream tools tool_choice user_id stop response_format".split(" "),
];

/** api.z.ai/api/paas/v4 (docs.z.ai, thinking-mode). */
export const zaiDialect: ChatDialect = {
  ...genericDialect,
  name: "zai",
  models: ["glm-4.7", "glm-5", "glm-5.2", "glm-5.3"],
  knowsModel: (model) => model.startsWith("glm-"),
  unknownModel: () => invalidRequest("Unknown Model, please check the model code.", undefined, "1211"),
  contextWindow: (model) => (/glm-4/.test(model) ? 202_752 : 1_000_000),
  overflow: () => invalidRequest("Prompt exceeds max length", undefined, "1261"),
  requestFields: new Set(requestFields),
  unknownField: (field) =>
    invalidRequest(`Invalid API parameter, please check the documentation. ${field}`, undefined, "1210"),
  messageFields: new Set(["role", "content", "name", "tool_calls", "tool_call_id", "reasoning_content"]),
  partTypes: new Set(["text", "image_url", "video_url", "file_url"]),
  thinks: (_model, body) => asObject(body.thinking).type !== "disabled",
  callId: (index, _name, randomId) => `call_${randomId(16)}${index}`,
  errorBody: (refusal) => ({ error: { code: refusal.details.code ?? "1214", message: refusal.message } }),
  repeatsRole: true,
  unauthorized: () => new Refusal(401, "token expired or incorrect", { code: "401" }),
  checkRules,
};

function checkRules(exchange: Exchange): void {
  if (zaiDialect.thinks(exchange.model, exchange.body)) checkReplayedReasoning(exchange, undefined);
}
