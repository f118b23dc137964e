/** What the path and query of a Gemini request say. */
export interface GeminiPath {
  model: string;
  /** `generateContent`, `countTokens` ... */
  method: string;
  /** The stream is asked for as server-sent events; otherwise it is one JSON array. */
  sse: boolean;
  /** The key in the query, as curl examples of Google's have it. */
  key: string | undefined;
}

const pattern = /^\/(?:api\/)?v1(?:(?:alpha|beta)\d*\/(?:models\/)?|\d*\/models\/)(.+):(\w+)$/;

/**
 * Reads `/v1beta/models/{model}:{method}`. A model's name may have slashes, percent-encoded or not; @ai-sdk/google takes one
 * that has for a path of its own and leaves `models/` out.
 * @param path without query and doubled slashes
 * @param url the same as it was sent
 * @returns undefined for every other path
 */
export function readGeminiPath(path: string, url: string): GeminiPath | undefined {
  const match = pattern.exec(path);
  const model = decodeModel(match?.[1] ?? "");
  if (match === null || model === undefined) return undefined;
  const at = url.indexOf("?");
  const query = new URLSearchParams(at < 0 ? "" : url.slice(at + 1));
  return { model, method: match[2] ?? "", sse: query.get("alt") === "sse", key: query.get("key") ?? undefined };
}

/** A name as the SDKs put it into a path. @returns undefined where it is not properly percent-encoded. */
function decodeModel(text: string): string | undefined {
  try {
    const name = text.includes("%") ? decodeURIComponent(text) : text;
    return name.startsWith("models/") ? name.slice("models/".length) : name;
  } catch {
    return undefined;
  }
}
