import { SearchError } from "./search-provider.ts";

/** Largest answer read, in bytes: a page of results has some ten thousand. */
const maxAnswerBytes = 4 * 1024 * 1024;

/**
 * One request to a search service and its JSON answer. Redirects are not followed: the credential is for this address only.
 * @throws SearchError for everything that is not an answer
 */
export async function fetchJson(url: URL, init: RequestInit & { signal: AbortSignal }): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, { redirect: "manual", ...init });
  } catch (error) {
    const timedOut = init.signal.aborted;
    throw new SearchError("unavailable", timedOut ? "no answer in time" : `not reached (${nameOf(error)})`);
  }
  if (response.status === 429) {
    await response.body?.cancel();
    throw new SearchError("too_many_requests", "too many requests");
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new SearchError("unavailable", `answered with status ${response.status}`);
  }
  const text = await readText(response);
  try {
    return JSON.parse(text);
  } catch {
    throw new SearchError("unavailable", "answered with something that is not JSON");
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > maxAnswerBytes) throw new SearchError("unavailable", "the answer is too large");
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof SearchError) throw error;
    throw new SearchError("unavailable", "the answer broke off");
  }
  return Buffer.concat(chunks).toString("utf8");
}

function nameOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  return error instanceof Error ? error.name : "unknown";
}
