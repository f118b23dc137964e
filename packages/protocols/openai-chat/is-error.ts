import type { WireObject } from "../wire/json-object.ts";

/** Whether an event is a failure: `{"error": ...}`, vLLM's `{"object": "error"}`, Z.ai's `{"code": 500, "msg": "..."}` or a named event. */
export function isError(event: string, chunk: WireObject): boolean {
  if (chunk.error !== undefined && chunk.error !== null) return true;
  if (event === "error" || chunk.object === "error") return true;
  return chunk.choices === undefined && chunk.code !== undefined && (chunk.msg ?? chunk.message) !== undefined;
}
