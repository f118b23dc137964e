import { invalidRequest } from "../../answer.ts";
import { checkReplayedReasoning } from "../check-reasoning.ts";
import type { ChatDialect } from "./dialect.ts";
import { genericDialect } from "./generic.ts";

/** api.together.ai (docs.together.ai/reference/chat-completions-1): open models, thoughts in `reasoning`. */
export const togetherDialect: ChatDialect = {
  ...genericDialect,
  name: "together",
  models: ["moonshotai/Kimi-K2-Thinking", "zai-org/GLM-4.7", "deepseek-ai/DeepSeek-V3.1", "openai/gpt-oss-120b"],
  knowsModel: (model) => model.includes("/"),
  contextWindow: () => 262_144,
  overflow: (_model, tokens, limit) =>
    invalidRequest(
      `Input validation error: \`inputs\` tokens + \`max_new_tokens\` must be <= ${limit + 1}. Given: ${tokens} \`inputs\` tokens and 1 \`max_new_tokens\``,
      "max_tokens",
    ),
  // Fields it does not know are ignored.
  requestFields: undefined,
  messageFields: new Set("role content name tool_calls tool_call_id reasoning reasoning_content".split(" ")),
  partTypes: new Set(["text", "image_url", "video_url", "audio_url", "input_audio"]),
  reasoningForm: () => "reasoning",
  usageInLast: true,
  usage: ({ prompt, cached, completion }) => ({
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    cached_tokens: cached,
  }),
  checkRules: (exchange) => checkReplayedReasoning(exchange, undefined),
};
