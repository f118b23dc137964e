/** What a client may ask of a provider. */
export type Operation =
  | "chat"
  | "completions"
  | "embeddings"
  | "estimate-tokens"
  | "messages"
  | "count-tokens"
  | "responses"
  | "input-tokens"
  | "gemini"
  | "gemini-stream"
  | "gemini-count"
  | "gemini-embed"
  | "gemini-embed-batch"
  | "bedrock"
  | "bedrock-stream"
  | "vertex"
  | "models";

/** What a request asks for, read from its method and path alone. `model` is there where the path names it. */
export type Route =
  | { operation: Operation; dialect: string; model?: string }
  | { operation: "control"; name: string }
  | { operation: "probe" };

const dialectNames =
  "moonshot deepseek zai openai anthropic google mistral groq xai minimax qwen together fireworks openrouter vllm ollama llamacpp".split(
    " ",
  );

const pathEnds: [end: string, operation: Operation][] = [
  ["/chat/completions", "chat"],
  ["/completions", "completions"],
  ["/embeddings", "embeddings"],
  ["/tokenizers/estimate-token-count", "estimate-tokens"],
  ["/messages/count_tokens", "count-tokens"],
  ["/messages", "messages"],
  ["/responses/input_tokens", "input-tokens"],
  ["/responses", "responses"],
];

// The model is one folder of the path, percent-encoded where its name needs it.
const modelPaths: [pattern: RegExp, operation: Operation][] = [
  [/\/publishers\/anthropic\/models\/([^/]+):(?:raw|streamRaw)Predict$/, "vertex"],
  [/\/models\/([^/]+):generateContent$/, "gemini"],
  [/\/models\/([^/]+):streamGenerateContent$/, "gemini-stream"],
  [/\/models\/([^/]+):countTokens$/, "gemini-count"],
  [/\/models\/([^/]+):embedContent$/, "gemini-embed"],
  [/\/models\/([^/]+):batchEmbedContents$/, "gemini-embed-batch"],
  [/\/model\/([^/]+)\/invoke$/, "bedrock"],
  [/\/model\/([^/]+)\/invoke-with-response-stream$/, "bedrock-stream"],
];

/**
 * Reads the route. The first folder of the path names the dialect (`/moonshot/v1/chat/completions`); without one it is
 * `generic`. What lies between the dialect and the operation does not matter, as vendors differ there.
 */
export function routeRequest(method: string, url: string): Route | undefined {
  const path = url.split("?", 1)[0] ?? "/";
  const folders = path.split("/").filter(Boolean);
  if (folders[0] === "__mock") return { operation: "control", name: folders[1] ?? "" };
  if (path === "/" && (method === "HEAD" || method === "GET")) return { operation: "probe" };
  const dialect = dialectNames.find((name) => name === folders[0]) ?? "generic";
  if (method === "GET") return path.endsWith("/models") ? { operation: "models", dialect } : undefined;
  if (method !== "POST") return undefined;
  const operation = pathEnds.find(([end]) => path.endsWith(end))?.[1];
  if (operation) return { operation, dialect };
  for (const [pattern, named] of modelPaths) {
    const model = pattern.exec(path)?.[1];
    if (model !== undefined) return { operation: named, dialect, model: decodeURIComponent(model) };
  }
  return undefined;
}
