import { asArray, asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { checkSchema } from "./check-schema.ts";
import { budgetRange, isSecondGeneration, isThirdGeneration, mustThink } from "./models.ts";
import { invalidArgument, invalidValue, refuseUnknown } from "./refuse.ts";

const fields =
  "model contents tools toolConfig safetySettings systemInstruction generationConfig cachedContent store serviceTier labels".split(
    " ",
  );
const configFields = [
  ..."stopSequences responseMimeType responseSchema responseJsonSchema _responseJsonSchema responseModalities".split(
    " ",
  ),
  ..."candidateCount maxOutputTokens temperature topP topK seed presencePenalty frequencyPenalty".split(" "),
  ..."responseLogprobs logprobs enableEnhancedCivicAnswers speechConfig thinkingConfig imageConfig".split(" "),
  ..."mediaResolution audioTimestamp responseFormat".split(" "),
];

/** Google's rules about everything but contents and tools (ai.google.dev/api/generate-content). */
export function checkGeminiRequest(body: JsonObject, model: string): void {
  refuseUnknown(body, fields, "");
  checkSafety(body.safetySettings);
  const config = body.generationConfig;
  if (config === undefined) return;
  if (!isObject(config)) throw invalidValue("generation_config", "type.googleapis.com/GenerationConfig", config);
  refuseUnknown(config, configFields, "generation_config");
  checkNumbers(config);
  checkPenalties(config, model);
  checkStops(config.stopSequences);
  checkThinking(config.thinkingConfig, model);
  checkAnswerForm(config, body, model);
}

function checkSafety(settings: unknown): void {
  for (const [at, raw] of asArray(settings).entries()) {
    refuseUnknown(asObject(raw), ["category", "threshold", "method"], `safety_settings[${at}]`);
  }
}

function checkNumbers(config: JsonObject): void {
  const ranges: [field: string, name: string, low: number, high: number, isInteger: boolean][] = [
    ["temperature", "temperature", 0, 2, false],
    ["topP", "top_p", 0, 1, false],
    ["topK", "top_k", 1, Infinity, true],
    ["maxOutputTokens", "max_output_tokens", 1, 65_536, true],
    ["candidateCount", "candidate_count", 1, 1, true],
    ["seed", "seed", -(2 ** 31), 2 ** 31 - 1, true],
    ["presencePenalty", "presence_penalty", -2, 2, false],
    ["frequencyPenalty", "frequency_penalty", -2, 2, false],
  ];
  for (const [field, name, low, high, isInteger] of ranges) {
    const value = config[field];
    if (value === undefined || value === null) continue;
    if (typeof value !== "number" || (isInteger && !Number.isInteger(value))) {
      throw invalidValue(`generation_config.${name}`, isInteger ? "TYPE_INT32" : "TYPE_FLOAT", value);
    }
    if (value < low || value > high) {
      throw invalidArgument(
        `Unable to submit request because it has a ${field} value of ${value} but the supported range is from ${low} (inclusive) to ${high} (inclusive). Update the value and try again.`,
      );
    }
  }
}

// google-gemini/cookbook#1290, vercel/ai#8943: 0 passes everywhere, anything else with the models before 2.5 only.
function checkPenalties(config: JsonObject, model: string): void {
  if (/^gemini-(?:1|2\.0)/.test(model)) return;
  if ((config.presencePenalty ?? 0) === 0 && (config.frequencyPenalty ?? 0) === 0) return;
  throw invalidArgument(`Penalty is not enabled for models/${model}`);
}

function checkStops(stops: unknown): void {
  const list = asArray(stops);
  if (list.length > 5) {
    throw invalidArgument(
      `Unable to submit request because the number of stop sequences must be less than or equal to 5. Got ${list.length}.`,
    );
  }
  if (list.some((stop) => typeof stop !== "string" || stop === "")) {
    throw invalidArgument("* GenerateContentRequest.generation_config.stop_sequences: cannot be empty\n");
  }
}

function checkThinking(thinking: unknown, model: string): void {
  if (thinking === undefined) return;
  const config = asObject(thinking);
  refuseUnknown(config, ["includeThoughts", "thinkingBudget", "thinkingLevel"], "generation_config.thinking_config");
  const { thinkingBudget: budget, thinkingLevel: level } = config;
  if (/^gemini-(?:1|2\.0)/.test(model)) throw invalidArgument("Thinking is not enabled for this model.");
  if (budget !== undefined && level !== undefined) {
    throw invalidArgument("You can only set only one of thinking budget and thinking level.");
  }
  if (level !== undefined) {
    const levels = ["THINKING_LEVEL_UNSPECIFIED", "MINIMAL", "LOW", "MEDIUM", "HIGH"];
    if (!levels.includes(String(level).toUpperCase())) {
      throw invalidValue("generation_config.thinking_config.thinking_level", "ThinkingLevel", level);
    }
    if (isSecondGeneration(model)) throw invalidArgument("Thinking level is not supported for this model.");
    if (/pro/.test(model) && /^minimal$/i.test(String(level))) {
      throw invalidArgument(`Thinking level ${String(level).toUpperCase()} is not supported for this model.`);
    }
  }
  if (budget === undefined) return;
  if (typeof budget !== "number" || !Number.isInteger(budget)) {
    throw invalidValue("generation_config.thinking_config.thinking_budget", "TYPE_INT32", budget);
  }
  if (budget === 0 && mustThink(model)) {
    throw invalidArgument("Budget 0 is invalid. This model only works in thinking mode.");
  }
  const [least, most] = budgetRange(model);
  if (budget !== 0 && budget !== -1 && (budget < least || budget > most)) {
    throw invalidArgument(
      `The thinking budget ${budget} is invalid. Please choose a value between ${least} and ${most}.`,
    );
  }
}

function checkAnswerForm(config: JsonObject, body: JsonObject, model: string): void {
  const mime = config.responseMimeType;
  const isJson = mime === "application/json" || mime === "text/x.enum";
  if (mime !== undefined && !isJson && mime !== "text/plain") {
    throw invalidArgument(
      "* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`.\n",
    );
  }
  const jsonSchema = config.responseJsonSchema ?? config._responseJsonSchema;
  if ((config.responseSchema !== undefined || jsonSchema !== undefined) && !isJson) {
    throw invalidArgument(
      "* GenerateContentRequest.generation_config.response_schema: only allowed when response_mime_type is set to 'application/json' or 'text/x.enum'\n",
    );
  }
  if (config.responseSchema !== undefined) {
    if (jsonSchema !== undefined) {
      throw invalidArgument("Only one of response_schema and response_json_schema may be set.");
    }
    checkSchema(config.responseSchema, "generation_config.response_schema", "generation_config.response_schema");
  }
  const hasFunctions = asArray(body.tools).some((tool) => asArray(asObject(tool).functionDeclarations).length > 0);
  if (isJson && hasFunctions && !isThirdGeneration(model) && isSecondGeneration(model)) {
    throw invalidArgument("Function calling with a response mime type: 'application/json' is unsupported");
  }
}
