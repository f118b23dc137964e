import { invalidRequest, Refusal } from "../../answer.ts";
import { asObject } from "../../json-object.ts";
import { checkReplayedReasoning } from "../check-reasoning.ts";
import type { ChatDialect } from "./dialect.ts";
import { genericDialect } from "./generic.ts";

/**
 * api.minimax.io (platform.minimax.io/docs/api-reference/text-openai-api). Thoughts stand in think tags inside of the
 * content, or in `reasoning_details` with `reasoning_split`; both must come back. Details of a stream are pieces, not the
 * text so far (MiniMax-AI/MiniMax-M2#95).
 */
export const minimaxDialect: ChatDialect = {
  ...genericDialect,
  name: "minimax",
  models: ["MiniMax-M2", "MiniMax-M2.5", "MiniMax-M3"],
  knowsModel: (model) => /^minimax-/i.test(model),
  unknownModel: (model) =>
    new Refusal(400, `invalid params, unknown model '${model}' (2013)`, { type: "bad_request_error" }),
  contextWindow: (model) => (/m3/i.test(model) ? 1_000_000 : 204_800),
  overflow: () =>
    new Refusal(400, "invalid params, context window exceeds limit (2013)", { type: "bad_request_error" }),
  requestFields: undefined,
  messageFields: new Set("role content name tool_calls tool_call_id reasoning_details reasoning_content".split(" ")),
  partTypes: new Set(["text", "image_url", "video_url"]),
  thinks: (model, { thinking }) => !/m3/i.test(model) || asObject(thinking).type !== "disabled",
  reasoningForm: ({ reasoning_split: split }) => (split === true ? "minimax-details" : "think-tags"),
  callId: (index, _name, randomId) => `call_function_${randomId(12).toLowerCase()}_${index + 1}`,
  usageInLast: true,
  unauthorized: () => new Refusal(401, "invalid api key (2049)", { type: "authorized_error" }),
  checkRules: (exchange) => {
    const { temperature, tool_choice: choice } = exchange.body;
    if (choice != null && choice !== "auto" && choice !== "none") {
      throw invalidRequest("invalid params, tool_choice must be auto or none (2013)");
    }
    if (typeof temperature === "number" && (temperature <= 0 || temperature > 1)) {
      throw invalidRequest("invalid params, temperature must be in (0, 1] (2013)");
    }
    checkReplayedReasoning(exchange, (at) =>
      // MiniMax answers worse instead of refusing; the mock refuses so that a lost thought is noticed.
      invalidRequest(`invalid params, assistant message at index ${at} has lost its thinking (2013)`),
    );
  },
};
