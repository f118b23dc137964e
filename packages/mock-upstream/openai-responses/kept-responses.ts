import type { JsonObject } from "../json-object.ts";

/** A response that the client may continue by its id: the whole conversation up to and with its output. */
export type KeptResponse = { items: JsonObject[]; itemIds: string[] };

const maxResponses = 200;
const maxItems = 5_000;

/** The responses and items stored at the provider (`store` is true unless the request says otherwise). Bounded. */
export class KeptResponses {
  readonly #responses = new Map<string, KeptResponse>();
  readonly #items = new Map<string, JsonObject>();
  /** The reasoning item that each output item of ours needs before it, stored or not. */
  readonly #needs = new Map<string, string>();

  /** Keeps a response and its output items. `apiKey` keeps the accounts apart. */
  keep(apiKey: string, id: string, input: JsonObject[], output: JsonObject[]): void {
    this.#responses.set(`${apiKey} ${id}`, {
      items: [...input, ...output],
      itemIds: output.map((item) => String(item.id)),
    });
    for (const item of output) this.#items.set(`${apiKey} ${String(item.id)}`, item);
    trim(this.#responses, maxResponses);
    trim(this.#items, maxItems);
  }

  /** Remembers that an item only makes sense behind its reasoning item. */
  bind(itemId: string, reasoningId: string): void {
    this.#needs.set(itemId, reasoningId);
    trim(this.#needs, maxItems);
  }

  find(apiKey: string, id: string): KeptResponse | undefined {
    return this.#responses.get(`${apiKey} ${id}`);
  }

  findItem(apiKey: string, id: string): JsonObject | undefined {
    return this.#items.get(`${apiKey} ${id}`);
  }

  reasoningNeededBy(itemId: string): string | undefined {
    return this.#needs.get(itemId);
  }

  clear(): void {
    this.#responses.clear();
    this.#items.clear();
    this.#needs.clear();
  }
}

function trim(map: Map<string, unknown>, most: number): void {
  const oldest = map.size > most ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}
