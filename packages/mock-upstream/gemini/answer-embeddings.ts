import { Refusal } from "../answer.ts";
import type { Answer } from "../answer.ts";
import { estimateTokens } from "../estimate-tokens.ts";
import type { Exchange } from "../exchange.ts";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { makeVector } from "../make-vector.ts";
import { camelCase } from "./camel-case.ts";
import { invalidArgument, refuseUnknown } from "./refuse.ts";

const most = 3072;
const fields = ["model", "content", "taskType", "title", "outputDimensionality"];

/** Answers embedContent and batchEmbedContents (ai.google.dev/api/embeddings). */
export function answerGeminiEmbeddings(exchange: Exchange, isBatch: boolean): Answer {
  const { model, record } = exchange;
  const body = asObject(camelCase(exchange.body));
  if (exchange.strictness.strict && !model.includes("embedding")) {
    throw new Refusal(
      404,
      `models/${model} is not found for API version v1beta, or is not supported for embedContent.`,
      {
        type: "NOT_FOUND",
      },
    );
  }
  if (isBatch) refuseUnknown(body, ["requests"], "");
  const requests = isBatch ? asArray(body.requests).map(asObject) : [body];
  if (requests.length === 0) throw invalidArgument("* BatchEmbedContentsRequest.requests: requests is not specified\n");
  const embeddings = requests.map((request, at) => embed(request, model, isBatch ? `requests[${at}]` : ""));
  record.promptTokens = estimateTokens(JSON.stringify(requests.map((request) => request.content)));
  return {
    kind: "json",
    status: 200,
    body: isBatch ? { embeddings } : { embedding: embeddings[0] },
  };
}

function embed(request: JsonObject, model: string, path: string): JsonObject {
  refuseUnknown(request, fields, path);
  if (path !== "" && request.model !== `models/${model}`) {
    throw invalidArgument(`* BatchEmbedContentsRequest.${path}.model: must be equal to the model of the path\n`);
  }
  const text = asArray(asObject(request.content).parts)
    .map((part) => asObject(part).text ?? "")
    .join("");
  if (text === "") throw invalidArgument("* EmbedContentRequest.content: content is empty\n");
  const wanted = request.outputDimensionality ?? most;
  if (typeof wanted !== "number" || wanted < 1 || wanted > most) {
    throw invalidArgument(`* EmbedContentRequest.output_dimensionality: must be between 1 and ${most}\n`);
  }
  return { values: makeVector(text, most, wanted) };
}
