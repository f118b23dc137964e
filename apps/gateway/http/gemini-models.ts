import { contextLengthOf, kindOf, maxOutputTokensOf, type Catalogue, type Model } from "@onerouter/catalog";
import { namesOf } from "./model-list.ts";

const usualPage = 50;
const largestPage = 1000;

/** One model as Google's SDKs read it (https://ai.google.dev/api/models). */
export function geminiModel(id: string, model: Model): Record<string, unknown> {
  const limits: Record<string, unknown> = {};
  const [inputTokenLimit, outputTokenLimit] = [contextLengthOf(model), maxOutputTokensOf(model)];
  if (inputTokenLimit !== undefined) limits.inputTokenLimit = inputTokenLimit;
  if (outputTokenLimit !== undefined) limits.outputTokenLimit = outputTokenLimit;
  return {
    name: `models/${id}`,
    baseModelId: model.id,
    version: "",
    displayName: id === model.id ? id : `${id} (${model.id})`,
    ...limits,
    supportedGenerationMethods:
      kindOf(model) === "embedding" ? ["embedContent", "batchEmbedContents"] : ["generateContent", "countTokens"],
  };
}

/** `GET /v1beta/models`, a page of it. @param query `pageSize` and `pageToken`; anything odd counts as not given */
export function listModelsGemini(
  catalogue: Catalogue,
  query: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const names = namesOf(catalogue, catalogue.models());
  const from = readNumber(query.pageToken) ?? 0;
  const end = from + Math.min(readNumber(query.pageSize) || usualPage, largestPage);
  const models = names.slice(from, end).map(([id, model]) => geminiModel(id, model));
  return end < names.length ? { models, nextPageToken: String(end) } : { models };
}

function readNumber(value: unknown): number | undefined {
  return typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
