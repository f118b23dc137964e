import { refuseField, RequestError } from "@onerouter/protocols";
import { isObject, type WireObject } from "@onerouter/protocols/wire/json-object";
import { readHistory } from "./resolve-input.ts";
import type { ResponseStore, StoredResponse } from "./response-store.ts";

const usualPage = 20;
const largestPage = 100;

/** @throws RequestError 404 for a response that this key has not stored. */
export function readStoredResponse(store: ResponseStore, owner: string, id: string): StoredResponse {
  const found = store.find(owner, id);
  if (found === undefined) throw notStored(id);
  return found;
}

/** @throws RequestError 404 */
export function deleteStoredResponse(store: ResponseStore, owner: string, id: string): WireObject {
  if (!store.delete(owner, id)) throw notStored(id);
  return { id, object: "response", deleted: true };
}

function notStored(id: string): RequestError {
  const message = `there is no stored response ${JSON.stringify(id.slice(0, 100))} of this key`;
  return new RequestError({ code: "not_found", message, param: "response_id" });
}

/**
 * A page of what a stored response was made from, newest first
 * (https://platform.openai.com/docs/api-reference/responses/input-items).
 * @param query `after`, `limit`, `order`
 */
export function listInputItems(
  store: ResponseStore,
  owner: string,
  id: string,
  query: Readonly<Record<string, unknown>>,
): WireObject {
  const { input, previousId } = readStoredResponse(store, owner, id);
  const history = previousId === undefined ? [] : readHistory(previousId, owner, store);
  const items = [...history, ...input].map((item, at) => describeItem(item, `${id.replace(/^resp_/, "")}${at}`));
  if (readOrder(query.order) === "desc") items.reverse();
  const limit = readLimit(query.limit);
  const from = typeof query.after === "string" ? items.findIndex((item) => item.id === query.after) + 1 : 0;
  const data = items.slice(from, from + limit);
  return {
    object: "list",
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: from + limit < items.length,
  };
}

/** Clients leave out what OpenAI's own list has. */
function describeItem(item: WireObject, suffix: string): WireObject {
  const { id, type = "message", content, ...rest } = item;
  const described: WireObject = { id: typeof id === "string" ? id : `${prefixOf(type)}_${suffix}`, type, ...rest };
  if (typeof content === "string") {
    described.content = [{ type: rest.role === "assistant" ? "output_text" : "input_text", text: content }];
  } else if (content !== undefined) described.content = content;
  if (type === "message" && described.status === undefined) described.status = "completed";
  return described;
}

function prefixOf(type: unknown): string {
  return type === "message" ? "msg" : type === "reasoning" ? "rs" : "item";
}

function readOrder(value: unknown): "asc" | "desc" {
  if (value === undefined || value === "desc") return "desc";
  if (value !== "asc") refuseField("order", "expected asc or desc");
  return "asc";
}

function readLimit(value: unknown): number {
  if (value === undefined) return usualPage;
  const limit = typeof value === "string" && /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (limit < 1 || limit > largestPage) refuseField("limit", `expected a number from 1 to ${largestPage}`);
  return limit;
}

/** Whether a query asks for something that a stored response cannot give. */
export function refuseStream(query: unknown): void {
  if (!isObject(query) || query.stream === undefined || query.stream === "false") return;
  throw new RequestError({
    code: "unsupported_parameter",
    message: "stream: a stored response is only given whole",
    param: "stream",
  });
}
