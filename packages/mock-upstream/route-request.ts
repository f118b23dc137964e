/** What a request asks for, read from its method and path alone. */
export type Route =
  | { operation: "chat" | "messages" | "count-tokens" | "models"; dialect: string }
  | { operation: "control"; name: string }
  | { operation: "probe" };

const dialectNames = ["moonshot", "deepseek", "zai", "openai", "anthropic"];

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
  const operation = readOperation(method, path);
  return operation && { operation, dialect };
}

function readOperation(method: string, path: string): "chat" | "messages" | "count-tokens" | "models" | undefined {
  if (method === "GET") return path.endsWith("/models") ? "models" : undefined;
  if (method !== "POST") return undefined;
  if (path.endsWith("/chat/completions")) return "chat";
  if (path.endsWith("/messages/count_tokens")) return "count-tokens";
  return path.endsWith("/messages") ? "messages" : undefined;
}
