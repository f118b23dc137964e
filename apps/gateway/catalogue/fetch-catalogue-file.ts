import { createReadStream } from "node:fs";
import { RefreshError } from "@onerouter/catalog";

/** models.dev's own file has about 2 MB. */
export const largestFile = 16 * 1024 * 1024;
const longestWaitMs = 60_000;

/**
 * The JSON at an address or in a file.
 *
 * @param from http(s) address or path
 * @throws RefreshError, without anything that was in the file
 */
export async function fetchCatalogueFile(from: string, timeoutMs = longestWaitMs): Promise<unknown> {
  const bytes = /^https?:\/\//i.test(from) ? await download(from, timeoutMs) : await readBounded(from);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new RefreshError("the file is no JSON");
  }
}

async function download(url: string, timeoutMs: number): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { signal, headers: { accept: "application/json" } });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new RefreshError(`the server answered ${response.status}`);
    }
    // Counted as it comes, decompressed: what a header says may be wrong.
    return await collect(response.body);
  } catch (error) {
    if (error instanceof RefreshError) throw error;
    if (signal.aborted) throw new RefreshError(`the file did not come within ${timeoutMs / 1000} s`);
    throw new RefreshError(`the file cannot be fetched (${describeCause(error)})`);
  }
}

async function readBounded(path: string): Promise<Uint8Array> {
  try {
    return await collect(createReadStream(path));
  } catch (error) {
    if (error instanceof RefreshError) throw error;
    throw new RefreshError(`${path} cannot be read (${describeCause(error)})`);
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const kept: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > largestFile) throw new RefreshError(`the file is larger than ${largestFile / 1024 / 1024} MB`);
    kept.push(chunk);
  }
  return Buffer.concat(kept, size);
}

/** fetch hides what happened in the cause. */
function describeCause(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return cause instanceof Error && "code" in cause ? String(cause.code) : "it broke off";
}
