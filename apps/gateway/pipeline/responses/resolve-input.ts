import { RequestError, type ReceiptEntry } from "@onerouter/protocols";
import { isObject, type WireObject } from "@onerouter/protocols/wire/json-object";
import { readName, readOptionalString } from "@onerouter/protocols/wire/read-field";
import type { ResponseStore } from "./response-store.ts";

/** The input of a request, with everything in it that was only named. */
export interface ResolvedInput {
  /** The whole conversation: what `previous_response_id` stands for, and what the request adds. */
  items: unknown[];
  /** What the request adds. */
  added: WireObject[];
  previousId: string | undefined;
  losses: ReceiptEntry[];
  /** Something was put in or left out. */
  changed: boolean;
}

/** A conversation that names more responses than this is not followed further. */
const longestChain = 10_000;

/**
 * Puts in what a Responses request names instead of saying it: the conversation behind `previous_response_id` and items by
 * `item_reference`. A thought that nobody knows any more is left out, as a client that changes providers has to expect;
 * anything else would change what was said.
 * @param body of the request; what is wrong with its input is for the protocol to say
 * @throws RequestError 400 or 404
 */
export function resolveInput(body: WireObject, owner: string, store: ResponseStore): ResolvedInput {
  const losses: ReceiptEntry[] = [];
  const previousId = readOptionalString(body.previous_response_id, "previous_response_id");
  const history = previousId === undefined ? [] : readHistory(previousId, owner, store);
  const given = typeof body.input === "string" ? [userMessage(body.input)] : body.input;
  const input = Array.isArray(given) ? given : [];
  const added = input.flatMap((item: unknown, at) => {
    if (!isObject(item) || !isReference(item)) return [item];
    const found = resolveReference(item, `input[${at}]`, owner, store);
    if (found !== undefined) return [found];
    losses.push({
      field: "item_reference",
      action: "dropped",
      reason: "the reasoning item it names is not stored here",
    });
    return [];
  });
  return {
    items: [...history, ...added],
    added: added.filter(isObject),
    previousId,
    losses,
    changed: previousId !== undefined || input.some((item) => isObject(item) && isReference(item)),
  };
}

/** A user's text as an item. */
function userMessage(text: string): WireObject {
  return { type: "message", role: "user", content: [{ type: "input_text", text }] };
}

/** Everything said up to a response, it included. What lies before a compaction is in its summary. */
export function readHistory(id: string, owner: string, store: ResponseStore): WireObject[] {
  const turns: WireObject[][] = [];
  let next: string | undefined = id;
  for (let steps = 0; next !== undefined && steps < longestChain; steps++) {
    const found = store.find(owner, next);
    if (found === undefined) {
      throw new RequestError({
        code: "previous_response_not_found",
        message: `previous_response_id: there is no stored response ${JSON.stringify(id.slice(0, 100))} of this key; it was not stored, or not kept so long`,
        param: "previous_response_id",
      });
    }
    const output = Array.isArray(found.body.output) ? found.body.output.filter(isObject) : [];
    const isCompact = output.some(({ type }) => type === "compaction");
    turns.push(isCompact ? output : [...found.input, ...output]);
    next = isCompact ? undefined : found.previousId;
  }
  return turns.toReversed().flat();
}

/** The type may be left out, and then the id is all there is (https://platform.openai.com/docs/api-reference/responses/create). */
function isReference(item: WireObject): boolean {
  return item.type === "item_reference" || (item.type === undefined && Object.keys(item).join() === "id");
}

/** @returns undefined for a thought that is not stored. */
function resolveReference(item: WireObject, path: string, owner: string, store: ResponseStore): WireObject | undefined {
  const id = readName(item.id, `${path}.id`);
  const found = store.findItem(owner, id);
  if (found !== undefined || id.startsWith("rs_")) return found;
  throw new RequestError({
    code: "not_found",
    message: `${path}.id: there is no stored item ${JSON.stringify(id.slice(0, 100))} of this key`,
    param: `${path}.id`,
  });
}
