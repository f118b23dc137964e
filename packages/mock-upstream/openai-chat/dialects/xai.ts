import { Refusal } from "../../answer.ts";
import { checkReplayedReasoning } from "../check-reasoning.ts";
import type { ChatDialect } from "./dialect.ts";
import { genericDialect } from "./generic.ts";

/** Grok models that take an effort; the others always think as they please (docs.x.ai/docs/guides/reasoning). */
const takesEffort = /mini|grok-4[.-][3-9]|grok-[5-9]/;

function refusedArgument(message: string): Refusal {
  return new Refusal(400, message, { type: "Client specified an invalid argument" });
}

/** api.x.ai (docs.x.ai/docs/api-reference). Errors are a code and a sentence. */
export const xaiDialect: ChatDialect = {
  ...genericDialect,
  name: "xai",
  models: ["grok-4", "grok-4.3", "grok-code-fast-1", "grok-3-mini"],
  knowsModel: (model) => model.startsWith("grok-"),
  unknownModel: (model) =>
    new Refusal(404, `The model ${model} does not exist or your team does not have access to it.`, {
      type: "Some requested entity was not found",
    }),
  contextWindow: (model) => (/fast/.test(model) ? 2_000_000 : 262_144),
  overflow: (_model, tokens, limit) =>
    refusedArgument(`This model's maximum prompt length is ${limit} but the request contains ${tokens} tokens.`),
  // Fields it does not know are ignored.
  requestFields: undefined,
  messageFields: new Set("role content name tool_calls tool_call_id reasoning_content refusal".split(" ")),
  partTypes: new Set(["text", "image_url", "file"]),
  thinks: (model) => !/non-reasoning|grok-[23](?!-mini)/.test(model),
  reasoningForm: () => "reasoning_content",
  wholeCalls: true,
  usageInLast: true,
  errorBody: ({ message, details }) => ({ code: details.type ?? "Internal error", error: message }),
  // Reasoning is counted beside the completion, not in it.
  usage: ({ prompt, cached, completion, reasoning }) => ({
    prompt_tokens: prompt,
    completion_tokens: completion - reasoning,
    total_tokens: prompt + completion,
    prompt_tokens_details: { text_tokens: prompt, audio_tokens: 0, image_tokens: 0, cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning, audio_tokens: 0 },
    num_sources_used: 0,
  }),
  unauthorized: () =>
    new Refusal(400, "Incorrect API key provided. You can obtain an API key from https://console.x.ai.", {
      type: "Client specified an invalid argument",
    }),
  checkRules: (exchange) => {
    const { body, model } = exchange;
    if (xaiDialect.thinks(model, body)) {
      const refused = { presence_penalty: "presencePenalty", frequency_penalty: "frequencyPenalty", stop: "stop" };
      for (const [field, name] of Object.entries(refused)) {
        if (body[field] == null) continue;
        throw refusedArgument(`Argument not supported on this model: ${name}`);
      }
    }
    if (body.reasoning_effort !== undefined && !takesEffort.test(model)) {
      throw refusedArgument(`Model ${model} does not support parameter reasoningEffort.`);
    }
    checkReplayedReasoning(exchange, undefined);
  },
};
