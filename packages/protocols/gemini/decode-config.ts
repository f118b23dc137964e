import {
  unnamedFormat,
  type ChatRequest,
  type OutputFormat,
  type ReasoningEffort,
  type ReasoningRequest,
  type Sampling,
} from "../model/chat-request.ts";
import { refuseField, RequestError } from "../model/error.ts";
import {
  checkDepth,
  readArray,
  readObject,
  readOptionalBoolean,
  readOptionalCount,
  readOptionalNumber,
  readOptionalString,
  readString,
} from "../wire/read-field.ts";
import type { WireObject } from "../wire/json-object.ts";
import { pickOthers } from "../wire/pick-others.ts";
import { withCamelKeys } from "./camel-keys.ts";
import { decodeSchema } from "./decode-schema.ts";

const sampled = ["temperature", "topP", "topK", "frequencyPenalty", "presencePenalty", "seed"] as const;

/**
 * Reads `generationConfig` into the request (https://ai.google.dev/api/generate-content#GenerationConfig).
 * @returns what the hub has no word for
 */
export function decodeConfig(value: unknown, request: ChatRequest): WireObject | undefined {
  if (value === undefined || value === null) return undefined;
  const path = "generationConfig";
  const config = withCamelKeys(readObject(value, path));
  checkDepth(config, path);
  const sampling: Sampling = {};
  for (const field of sampled) {
    const number = readOptionalNumber(config[field], `${path}.${field}`);
    if (number !== undefined) sampling[field] = number;
  }
  request.sampling = sampling;
  request.maxOutputTokens = readOptionalCount(config.maxOutputTokens, `${path}.maxOutputTokens`);
  request.stopSequences = readStop(config.stopSequences, `${path}.stopSequences`);
  request.reasoning = decodeThinking(config.thinkingConfig, `${path}.thinkingConfig`);
  refuseSeveralAnswers(config.candidateCount);
  const format = decodeFormat(config, path);
  if (format !== "unknown") request.outputFormat = format;
  return pickOthers(config, path, (field) => known.has(field) || (formatFields.has(field) && format !== "unknown"));
}

function readStop(value: unknown, path: string): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const stop = readArray(value, path).map((sequence, at) => readString(sequence, `${path}[${at}]`));
  return stop.length === 0 ? undefined : stop;
}

function refuseSeveralAnswers(value: unknown): void {
  const param = "generationConfig.candidateCount";
  const count = readOptionalCount(value, param);
  if (count === undefined || count === 1) return;
  const message = `${param}: only one answer per request is possible`;
  throw new RequestError({ code: "unsupported_parameter", message, param });
}

/** `unknown`: a type that only this protocol has, such as text/x.enum. */
function decodeFormat(config: WireObject, path: string): OutputFormat | "unknown" | undefined {
  const type = readOptionalString(config.responseMimeType, `${path}.responseMimeType`) ?? "";
  const jsonSchema = config.responseJsonSchema;
  const own = config.responseSchema;
  if (type !== "" && type !== "application/json") return type === "text/plain" ? undefined : "unknown";
  if (jsonSchema !== undefined && jsonSchema !== null) {
    return { type: "json-schema", name: unnamedFormat, schema: readObject(jsonSchema, `${path}.responseJsonSchema`) };
  }
  if (own !== undefined && own !== null) {
    const schema = decodeSchema(readObject(own, `${path}.responseSchema`));
    return { type: "json-schema", name: unnamedFormat, schema };
  }
  return type === "" ? undefined : { type: "json-object", unsaid: true };
}

const levels: Readonly<Record<string, ReasoningEffort>> = {
  MINIMAL: "minimal",
  LOW: "low",
  MEDIUM: "medium",
  HIGH: "high",
};

/** Reads `thinkingConfig` (https://ai.google.dev/gemini-api/docs/thinking). Without `includeThoughts` none is shown. */
function decodeThinking(value: unknown, path: string): ReasoningRequest | undefined {
  if (value === undefined || value === null) return undefined;
  const config = withCamelKeys(readObject(value, path));
  const budget = readOptionalNumber(config.thinkingBudget, `${path}.thinkingBudget`);
  const level = readLevel(config.thinkingLevel, `${path}.thinkingLevel`);
  const shows = readOptionalBoolean(config.includeThoughts, `${path}.includeThoughts`) === true;
  if (budget === 0) return { mode: "off" };
  const result: ReasoningRequest = { mode: "auto" };
  if (budget !== undefined && budget !== -1) {
    if (!Number.isInteger(budget) || budget < 0) refuseField(`${path}.thinkingBudget`, "expected -1, 0 or a count");
    result.mode = "budget";
    result.budgetTokens = budget;
  }
  if (level !== undefined) result.effort = level;
  if (!shows) result.display = "omitted";
  return result;
}

function readLevel(value: unknown, path: string): ReasoningEffort | undefined {
  const word = readOptionalString(value, path)?.toUpperCase();
  if (word === undefined || word === "THINKING_LEVEL_UNSPECIFIED") return undefined;
  return levels[word] ?? refuseField(path, "expected minimal, low, medium or high");
}

const known: ReadonlySet<string> = new Set([
  ...sampled,
  "maxOutputTokens",
  "stopSequences",
  "candidateCount",
  "thinkingConfig",
]);
const formatFields: ReadonlySet<string> = new Set(["responseMimeType", "responseSchema", "responseJsonSchema"]);
