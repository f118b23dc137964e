import { invalidRequest, Refusal } from "../../answer.ts";
import type { Exchange } from "../../exchange.ts";
import { asArray, asObject } from "../../json-object.ts";
import { checkReplayedReasoning } from "../check-reasoning.ts";
import { sealReasoning } from "../write-reasoning.ts";
import type { ChatDialect } from "./dialect.ts";
import { genericDialect, openAiUsage } from "./generic.ts";

/**
 * openrouter.ai/api (openrouter.ai/docs/api-reference, docs/use-cases/reasoning-tokens). Details of a thought must come back
 * unmodified: a signature that does not fit its text is refused, as the model's own provider would.
 */
export const openrouterDialect: ChatDialect = {
  ...genericDialect,
  name: "openrouter",
  models: ["moonshotai/kimi-k2-thinking", "anthropic/claude-sonnet-4.5", "deepseek/deepseek-v3.2"],
  knowsModel: (model) => /^[\w-]+\/[\w.:-]+$/.test(model),
  unknownModel: (model) => new Refusal(400, `${model} is not a valid model ID`, { code: "400" }),
  contextWindow: () => 262_144,
  overflow: (_model, tokens, limit) =>
    invalidRequest(
      `This endpoint's maximum context length is ${limit} tokens. However, you requested about ${tokens} tokens. Please reduce the length of either one, or use the "middle-out" transform to compress your prompt automatically.`,
    ),
  // Fields it does not know are ignored.
  requestFields: undefined,
  messageFields: new Set(
    "role content name tool_calls tool_call_id refusal reasoning reasoning_details reasoning_content images audio".split(
      " ",
    ),
  ),
  partTypes: new Set(["text", "image_url", "input_audio", "file", "video_url"]),
  partExtras: new Set(["cache_control"]),
  // ChatFunctionTool of @openrouter/sdk.
  toolExtras: ["cache_control"],
  thinks: (model, { reasoning }) => {
    const { enabled, effort } = asObject(reasoning);
    if (enabled === false || effort === "none") return false;
    return reasoning !== undefined || /think|kimi-k[3-9]|deepseek-v[4-9]|glm|gpt-5|gemini/.test(model);
  },
  reasoningForm: ({ reasoning, include_reasoning: include }) =>
    asObject(reasoning).exclude === true || include === false ? "hidden" : "openrouter-details",
  usageInLast: true,
  usage: (usage) => ({ ...openAiUsage(usage), cost: 0, cost_details: { upstream_inference_cost: null } }),
  errorBody: ({ message, status }) => ({ error: { code: status, message }, user_id: "user_mock" }),
  unauthorized: (apiKey) => new Refusal(401, apiKey === "" ? "No auth credentials found" : "User not found.", {}),
  checkRules: (exchange) => {
    const { reasoning } = exchange.body;
    const { effort, max_tokens: budget } = asObject(reasoning);
    if (effort !== undefined && budget !== undefined) {
      throw invalidRequest('Only one of "reasoning.effort" and "reasoning.max_tokens" may be specified');
    }
    checkDetails(exchange);
    checkReplayedReasoning(exchange, undefined);
  },
};

function checkDetails({ body, seed, model }: Exchange): void {
  for (const [at, message] of asArray(body.messages).map(asObject).entries()) {
    for (const raw of asArray(message.reasoning_details)) {
      const { type, text, signature } = asObject(raw);
      if (!["reasoning.text", "reasoning.summary", "reasoning.encrypted"].includes(String(type))) {
        throw invalidRequest(`messages[${at}].reasoning_details: Invalid discriminator value`);
      }
      if (signature == null || signature === sealReasoning(seed, model, String(text))) continue;
      throw invalidRequest("Provider returned error: Invalid `signature` in `thinking` block");
    }
  }
}
