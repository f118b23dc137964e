import { RequestError, refuseField } from "../model/error.ts";
import { tokenCount } from "../model/usage.ts";
import type { Receipt } from "../receipt.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import {
  readArray,
  readName,
  readObject,
  readOptionalCount,
  readOptionalString,
  readString,
} from "../wire/read-field.ts";
import { toFloats, type EmbeddingAnswer, type EmbeddingDialect, type EmbeddingRequest } from "./embedding-request.ts";
import { readVector } from "./openai-embeddings.ts";

/** `models/{model}:embedContent` (https://ai.google.dev/api/embeddings). */
export const geminiEmbedding: EmbeddingDialect = {
  decode(value, model) {
    return { ...readOne(readObject(value, "body"), ""), model: readModel(value, model) };
  },
  encode: (answer) => ({ embedding: toWire(answer)[0], ...usageOf(answer) }),
};

/** `models/{model}:batchEmbedContents`: several of them, alike in everything but their text. */
export const geminiEmbeddings: EmbeddingDialect = {
  decode(value, model) {
    const requests = readArray(readObject(value, "body").requests, "requests");
    const read = requests.map((item, at) => readOne(readObject(item, `requests[${at}]`), `requests[${at}].`));
    const [first] = read;
    if (first === undefined) refuseField("requests", "must not be empty");
    for (const [at, one] of read.entries()) {
      for (const field of ["taskType", "title", "dimensions"] as const) {
        const name = field === "dimensions" ? "outputDimensionality" : field;
        if (one[field] !== first[field]) unsupported(`requests[${at}].${name}`, "must be the same in all requests");
      }
    }
    const texts = read.flatMap(({ input }) => (input.kind === "texts" ? input.texts : []));
    return { ...first, input: { kind: "texts", texts }, model: readModel(value, model) };
  },
  encode: (answer) => ({ embeddings: toWire(answer), ...usageOf(answer) }),
};

/**
 * The body of batchEmbedContents.
 * @throws RequestError for tokens, which only their own model can read
 */
export function encodeGeminiRequest(request: EmbeddingRequest, upstreamModel: string, receipt: Receipt): WireObject {
  const { input, dimensions, taskType, title, userId, extensions } = request;
  if (input.kind === "tokens") unsupported("input", "this provider takes text and no tokens");
  if (userId !== undefined) receipt.note("dropped", "user", "Gemini's embeddings have no such field");
  for (const field of Object.keys(extensions)) receipt.note("dropped", field, "Gemini's embeddings have no such field");
  const model = upstreamModel.startsWith("models/") ? upstreamModel : `models/${upstreamModel}`;
  const requests = input.texts.map((text) => {
    const one: WireObject = { model, content: { parts: [{ text }] } };
    if (taskType !== undefined) one.taskType = taskType;
    if (title !== undefined) one.title = title;
    if (dimensions !== undefined) one.outputDimensionality = dimensions;
    return one;
  });
  return { requests };
}

/** @returns undefined for what is no answer with a vector for each input. */
export function decodeGeminiAnswer(body: unknown, inputs: number): EmbeddingAnswer | undefined {
  if (!isObject(body) || !Array.isArray(body.embeddings) || body.embeddings.length !== inputs) return undefined;
  const vectors = body.embeddings.map((one: unknown) => (isObject(one) ? readVector(one.values) : undefined));
  const known = vectors.filter((vector) => vector !== undefined);
  if (known.length !== inputs) return undefined;
  const usage = isObject(body.usageMetadata) ? tokenCount(body.usageMetadata.promptTokenCount) : 0;
  return usage > 0 ? { vectors: known, inputTokens: usage } : { vectors: known };
}

function toWire({ vectors }: EmbeddingAnswer): WireObject[] {
  return vectors.map((vector) => ({ values: toFloats(vector) }));
}

function usageOf({ inputTokens }: EmbeddingAnswer): WireObject {
  return inputTokens === undefined ? {} : { usageMetadata: { promptTokenCount: inputTokens } };
}

function readModel(value: unknown, model: string | undefined): string {
  return model ?? readName(readObject(value, "body").model, "model");
}

function readOne(body: WireObject, path: string): EmbeddingRequest {
  const request: EmbeddingRequest = {
    model: "",
    input: { kind: "texts", texts: [readText(body.content, `${path}content`)] },
    encoding: "float",
    extensions: {},
  };
  const taskType = readOptionalString(body.taskType ?? body.task_type, `${path}taskType`);
  const title = readOptionalString(body.title, `${path}title`);
  const dimensions = readOptionalCount(
    body.outputDimensionality ?? body.output_dimensionality,
    `${path}outputDimensionality`,
  );
  if (taskType !== undefined) request.taskType = taskType;
  if (title !== undefined) request.title = title;
  if (dimensions !== undefined) request.dimensions = dimensions;
  return request;
}

function readText(value: unknown, path: string): string {
  const parts = readArray(readObject(value, path).parts, `${path}.parts`);
  if (parts.length === 0) refuseField(`${path}.parts`, "must not be empty");
  return parts
    .map((part, at) => {
      const { text } = readObject(part, `${path}.parts[${at}]`);
      if (text === undefined) unsupported(`${path}.parts[${at}]`, "only text can be embedded");
      return readString(text, `${path}.parts[${at}].text`);
    })
    .join("");
}

function unsupported(field: string, why: string): never {
  throw new RequestError({ code: "unsupported_parameter", message: `${field}: ${why}`, param: field });
}
