import { geminiEmbedding, geminiEmbeddings } from "@onerouter/protocols/embeddings/gemini-embeddings";
import { gemini } from "@onerouter/protocols/gemini/index";
import { geminiArray } from "@onerouter/protocols/gemini/array-manner";
import { countGemini } from "../pipeline/counting/count-dialects.ts";
import { countTokens } from "../pipeline/counting/count-tokens.ts";
import { handleEmbeddings } from "../pipeline/embeddings/handle-embeddings.ts";
import { handleInference } from "../pipeline/handle-inference.ts";
import type { InferenceContext } from "../pipeline/inference-context.ts";
import type { InferenceRoute } from "./inference-route.ts";
import { readGeminiPath } from "./gemini-path.ts";

/** The route of a request in whose path the model stands. @returns undefined for every other path and for unknown methods */
export function findGeminiRoute(path: string, url: string, context: InferenceContext): InferenceRoute | undefined {
  const read = readGeminiPath(path, url);
  if (read === undefined) return undefined;
  const { model, method, sse, key } = read;
  const route: InferenceRoute = { protocol: gemini, path: { model, stream: false }, handle: () => Promise.resolve() };
  if (key !== undefined) route.queryKey = key;
  switch (method) {
    case "generateContent":
      route.handle = (exchange) => handleInference(gemini, exchange, context);
      return route;
    case "streamGenerateContent": {
      const protocol = sse ? gemini : geminiArray;
      route.path = { model, stream: true };
      route.handle = (exchange) => handleInference(protocol, exchange, context);
      return route;
    }
    case "countTokens":
      route.handle = (exchange) => countTokens(countGemini, exchange, context);
      return route;
    case "embedContent":
      route.handle = (exchange) => handleEmbeddings(geminiEmbedding, gemini, exchange, context);
      return route;
    case "batchEmbedContents":
      route.handle = (exchange) => handleEmbeddings(geminiEmbeddings, gemini, exchange, context);
      return route;
    default:
      return undefined;
  }
}
