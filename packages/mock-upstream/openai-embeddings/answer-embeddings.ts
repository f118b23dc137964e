import { invalidRequest } from "../answer.ts";
import type { Answer } from "../answer.ts";
import { estimateTokens } from "../estimate-tokens.ts";
import type { Exchange } from "../exchange.ts";
import type { JsonObject } from "../json-object.ts";
import { makeVector } from "../make-vector.ts";

const fields = ["model", "input", "encoding_format", "dimensions", "user"];
const maxInputs = 2048;

/**
 * Answers POST /embeddings (platform.openai.com/docs/api-reference/embeddings). The same input always has the same vector,
 * of length 1; an input is a text or a list of token numbers.
 */
export function answerEmbeddings(exchange: Exchange): Answer {
  const { body, model, record } = exchange;
  const inputs = readInputs(body.input);
  if (exchange.strictness.strict) check(body, model);
  const most = model.includes("large") ? 3072 : 1536;
  const dimensions = typeof body.dimensions === "number" ? body.dimensions : most;
  record.promptTokens = inputs.reduce(
    (sum, input) => sum + (Array.isArray(input) ? input.length : estimateTokens(input)),
    0,
  );
  const data = inputs.map((input, index) => {
    const vector = makeVector(JSON.stringify(input), most, dimensions);
    return {
      object: "embedding",
      index,
      embedding: body.encoding_format === "base64" ? encodeBase64(vector) : vector,
    };
  });
  const usage = { prompt_tokens: record.promptTokens, total_tokens: record.promptTokens };
  return { kind: "json", status: 200, body: { object: "list", data, model, usage } };
}

function readInputs(input: unknown): (string | number[])[] {
  const list = isText(input) ? [input] : Array.isArray(input) ? input : [];
  if (list.length === 0 || !list.every(isText) || list.includes("")) {
    throw invalidRequest(
      "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
    );
  }
  if (list.length > maxInputs) {
    throw invalidRequest(
      `Invalid 'input': array too long. Expected an array with maximum length ${maxInputs}.`,
      "input",
    );
  }
  return list;
}

function isText(value: unknown): value is string | number[] {
  return (
    typeof value === "string" ||
    (Array.isArray(value) && value.length > 0 && value.every((one) => Number.isInteger(one)))
  );
}

function check(body: JsonObject, model: string): void {
  const unknown = Object.keys(body).find((field) => !fields.includes(field));
  if (unknown) throw invalidRequest(`Unrecognized request argument supplied: ${unknown}`);
  const { encoding_format: format, dimensions } = body;
  if (format !== undefined && format !== "float" && format !== "base64") {
    throw invalidRequest(
      `'${String(format)}' is not one of ['float', 'base64'] - 'encoding_format'`,
      "encoding_format",
    );
  }
  if (dimensions === undefined) return;
  if (model.includes("ada")) throw invalidRequest("This model does not support specifying dimensions.");
  const most = model.includes("large") ? 3072 : 1536;
  if (typeof dimensions !== "number" || !Number.isInteger(dimensions) || dimensions < 1 || dimensions > most) {
    throw invalidRequest(
      `Invalid value for 'dimensions' = ${String(dimensions)}. Must be less than or equal to ${most}.`,
      "dimensions",
    );
  }
}

function encodeBase64(vector: number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString("base64");
}
