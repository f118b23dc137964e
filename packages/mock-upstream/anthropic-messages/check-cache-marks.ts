import { invalidRequest } from "../answer.ts";
import { asArray, asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { refuseExtra } from "./refuse.ts";

const maxMarks = 4;

/** At most four cache breakpoints, each of a known form (docs.claude.com/en/docs/build-with-claude/prompt-caching). */
export function checkCacheMarks(body: JsonObject, betas: string[]): void {
  const known = ["type", "ttl", ...(betas.some((beta) => beta.startsWith("prompt-caching-scope-")) ? ["scope"] : [])];
  let count = 0;
  for (const [path, mark] of findMarks(body)) {
    count += 1;
    refuseExtra(mark, known, `${path}.cache_control.ephemeral`);
    if (mark.type !== "ephemeral") {
      throw invalidRequest(
        `${path}.cache_control: Input tag '${String(mark.type)}' found using 'type' does not match any of the expected tags: 'ephemeral'`,
      );
    }
    if (mark.ttl !== undefined && mark.ttl !== "5m" && mark.ttl !== "1h") {
      throw invalidRequest(`${path}.cache_control.ephemeral.ttl: Input should be '5m' or '1h'`);
    }
  }
  if (count > maxMarks)
    throw invalidRequest(`A maximum of ${maxMarks} blocks with cache_control may be provided. Found ${count}.`);
}

function* findMarks(body: JsonObject): Generator<[path: string, mark: JsonObject]> {
  yield* marksOf(asArray(body.tools), "tools");
  yield* marksOf(asArray(body.system), "system");
  for (const [at, message] of asArray(body.messages).entries()) {
    const blocks = asArray(asObject(message).content);
    yield* marksOf(blocks, `messages.${at}.content`);
    for (const [index, block] of blocks.entries()) {
      yield* marksOf(asArray(asObject(block).content), `messages.${at}.content.${index}.content`);
    }
  }
}

function* marksOf(blocks: unknown[], path: string): Generator<[path: string, mark: JsonObject]> {
  for (const [at, block] of blocks.entries()) {
    const mark = asObject(block).cache_control;
    if (isObject(mark)) yield [`${path}.${at}`, mark];
  }
}
