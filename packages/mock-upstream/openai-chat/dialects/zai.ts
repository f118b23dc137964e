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
  unknownRoles: ["developer"],
  maxStops: 1,
  partTypes: new Set(["text", "image_url", "video_url", "file_url"]),
  thinks: (_model, body) => asObject(body.thinking).type !== "disabled",
  callId: (index, _name, randomId) => `call_${randomId(16)}${index}`,
  errorBody: (refusal) => ({ error: { code: refusal.details.code ?? "1214", message: refusal.message } }),
  repeatsRole: true,
  unauthorized: () => new Refusal(401, "token expired or incorrect", { code: "401" }),
  checkRules,
};

function checkRules(exchange: Exchange): void {
  const { body, model } = exchange;
  // docs.z.ai/api-reference/llm/chat-completion
  if (typeof body.temperature === "number" && body.temperature > 1) throw invalidParameter("temperature");
  if (typeof body.top_p === "number" && body.top_p < 0.01) throw invalidParameter("top_p");
  if (body.tool_choice !== undefined && body.tool_choice !== "auto") throw invalidParameter("tool_choice");
  if (asObject(body.response_format).type === "json_schema") throw invalidParameter("response_format");
  if (body.user_id !== undefined && !/^.{6,128}$/s.test(String(body.user_id))) throw invalidParameter("user_id");
  const effort = body.reasoning_effort;
  if (effort !== undefined && !efforts.includes(String(effort))) throw invalidParameter("reasoning_effort");
  // "GLM-5.3 always thinks."
  if (/glm-5\.[3-9]/.test(model) && asObject(body.thinking).type === "disabled")
    throw invalidParameter("thinking.type");
  if (zaiDialect.thinks(model, body)) checkReplayedReasoning(exchange, undefined);
}

const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

function invalidParameter(field: string): Refusal {
  return invalidRequest(`Invalid API parameter, please check the documentation. ${field}`, undefined, "1210");
}
