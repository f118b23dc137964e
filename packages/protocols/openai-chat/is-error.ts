import { isObject, type WireObject } from "../wire/json-object.ts";

/**
 * Whether an event, or a whole answer, is a failure: `{"error": ...}`, vLLM's and Mistral's `{"object": "error"}`, Z.ai's
 * `{"code": 500, "msg": "..."}`, MiniMax's `{"base_resp": {"status_code": 1008}}` or a named event.
 */
export function isError(event: string, chunk: WireObject): boolean {
  if (chunk.error !== undefined && chunk.error !== null) return true;
  if (event === "error" || chunk.object === "error") return true;
  if (isObject(chunk.base_resp) && Number(chunk.base_resp.status_code ?? 0) !== 0) return true;
  return chunk.choices === undefined && chunk.code !== undefined && (chunk.msg ?? chunk.message) !== undefined;
}
