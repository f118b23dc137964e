import type { WireObject } from "../wire/json-object.ts";

/** What is to be turned into vectors: texts, or texts that the client has cut into tokens itself. */
export type EmbeddingInput = { kind: "texts"; texts: string[] } | { kind: "tokens"; tokens: number[][] };

/** One request for embeddings, in no provider's words. */
export interface EmbeddingRequest {
  model: string;
  input: EmbeddingInput;
  dimensions?: number;
  /** How the client reads vectors. */
  encoding: "float" | "base64";
  userId?: string;
  /** Gemini: what the vectors are for. */
  taskType?: string;
  title?: string;
  /** Fields of OpenAI's clients that no other protocol has a word for. */
  extensions: WireObject;
}

/** Numbers, or little-endian 32-bit floats in base64. */
export type Vector = readonly number[] | string;

export interface EmbeddingAnswer {
  /** In the order of the input. */
  vectors: Vector[];
  /** Absent: the provider did not say. */
  inputTokens?: number;
}

/** How the clients of a protocol ask for embeddings, and are told. */
export interface EmbeddingDialect {
  /**
   * @param model where the path names it
   * @throws RequestError naming the field
   */
  decode(body: unknown, model?: string): EmbeddingRequest;
  encode(answer: EmbeddingAnswer, request: EmbeddingRequest): WireObject;
}

export function toFloats(vector: Vector): readonly number[] {
  if (typeof vector !== "string") return vector;
  const bytes = Buffer.from(vector, "base64");
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readFloatLE(at * 4));
}

export function toBase64(vector: Vector): string {
  if (typeof vector === "string") return vector;
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes.toString("base64");
}
