import { refuseField } from "../model/error.ts";
import { tokenCount } from "../model/usage.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import {
  checkDepth,
  readName,
  readObject,
  readOptionalCount,
  readOptionalString,
  readString,
} from "../wire/read-field.ts";
import {
  toBase64,
  toFloats,
  type EmbeddingAnswer,
  type EmbeddingDialect,
  type EmbeddingInput,
  type EmbeddingRequest,
  type Vector,
} from "./embedding-request.ts";

/** `POST /v1/embeddings` (https://platform.openai.com/docs/api-reference/embeddings/create). */
export const openaiEmbeddings: EmbeddingDialect = {
  decode(value) {
    const { model, input, dimensions, encoding_format: encoding, user, ...extensions } = readObject(value, "body");
    checkDepth(extensions, "body");
    const request: EmbeddingRequest = {
      model: readName(model, "model"),
      input: readInput(input),
      encoding: readEncoding(encoding),
      extensions,
    };
    const size = readOptionalCount(dimensions, "dimensions");
    if (size !== undefined) request.dimensions = size;
    const userId = readOptionalString(user, "user");
    if (userId !== undefined) request.userId = userId;
    return request;
  },
  encode({ vectors, inputTokens = 0 }, { model, encoding }) {
    const data = vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: encoding === "base64" ? toBase64(vector) : toFloats(vector),
    }));
    return { object: "list", data, model, usage: { prompt_tokens: inputTokens, total_tokens: inputTokens } };
  },
};

/** The body for an upstream that speaks OpenAI's embeddings. */
export function encodeOpenaiRequest(request: EmbeddingRequest, upstreamModel: string): WireObject {
  const { input } = request;
  const list: readonly unknown[] = input.kind === "texts" ? input.texts : input.tokens;
  const body: WireObject = {
    ...request.extensions,
    model: upstreamModel,
    input: list.length === 1 ? list[0] : list,
    encoding_format: request.encoding,
  };
  if (request.dimensions !== undefined) body.dimensions = request.dimensions;
  if (request.userId !== undefined) body.user = request.userId;
  return body;
}

/** @returns undefined for what is no answer with a vector for each input. */
export function decodeOpenaiAnswer(body: unknown, inputs: number): EmbeddingAnswer | undefined {
  if (!isObject(body) || !Array.isArray(body.data) || body.data.length !== inputs) return undefined;
  const vectors = new Map<number, Vector>();
  for (const [at, item] of body.data.entries()) {
    const vector = isObject(item) ? readVector(item.embedding) : undefined;
    const index = isObject(item) && typeof item.index === "number" ? item.index : at;
    if (vector === undefined || !Number.isInteger(index) || index < 0 || index >= inputs) return undefined;
    vectors.set(index, vector);
  }
  if (vectors.size !== inputs) return undefined;
  const usage = isObject(body.usage) ? tokenCount(body.usage.prompt_tokens) || tokenCount(body.usage.total_tokens) : 0;
  const inOrder = [...vectors].toSorted(([a], [b]) => a - b).map(([, vector]) => vector);
  return usage > 0 ? { vectors: inOrder, inputTokens: usage } : { vectors: inOrder };
}

export function readVector(value: unknown): Vector | undefined {
  if (typeof value === "string") return value;
  return Array.isArray(value) && value.every((number) => typeof number === "number") ? value : undefined;
}

function readEncoding(value: unknown): "float" | "base64" {
  if (value === undefined || value === null || value === "float") return "float";
  if (value !== "base64") refuseField("encoding_format", "expected float or base64");
  return "base64";
}

function readInput(value: unknown): EmbeddingInput {
  if (typeof value === "string") return { kind: "texts", texts: [readString(value, "input")] };
  if (!Array.isArray(value) || value.length === 0) {
    refuseField("input", "expected a string, or a list of strings or tokens that is not empty");
  }
  const [first] = value;
  if (typeof first === "number") return { kind: "tokens", tokens: [readTokens(value, "input")] };
  if (Array.isArray(first)) {
    return { kind: "tokens", tokens: value.map((tokens, at) => readTokens(tokens, `input[${at}]`)) };
  }
  return { kind: "texts", texts: value.map((text, at) => readString(text, `input[${at}]`)) };
}

function readTokens(value: unknown, path: string): number[] {
  if (!Array.isArray(value) || value.length === 0) refuseField(path, "expected a list of tokens");
  return value.map((token: unknown, at) => {
    if (typeof token !== "number" || !Number.isInteger(token) || token < 0) {
      refuseField(`${path}[${at}]`, "expected a token, an integer");
    }
    return token;
  });
}
