import type { WireObject } from "@onerouter/protocols/wire/json-object";

export interface StoreLimits {
  enabled: boolean;
  /** Of all responses together. */
  maxBytes: number;
  maxCount: number;
  /** Milliseconds since a response was last used. */
  ttlMs: number;
}

export interface StoredResponse {
  id: string;
  previousId: string | undefined;
  /** What this request added to the conversation. */
  input: WireObject[];
  /** The response as its client got it. */
  body: WireObject;
}

/**
 * Responses that a later request may name instead of repeating them. In memory and bounded; nothing of it outlives the
 * process. Every call names the owner: nobody finds what another key has stored.
 */
export interface ResponseStore {
  /** Takes the input in while the answer is still made; it is found only once it is complete. */
  begin(owner: string, id: string, input: readonly WireObject[], previousId: string | undefined): void;
  complete(owner: string, id: string, body: WireObject): void;
  /** Forgets what was begun and never completed. */
  discard(owner: string, id: string): void;
  find(owner: string, id: string): StoredResponse | undefined;
  /** An item of a stored input or output, by its id. */
  findItem(owner: string, itemId: string): WireObject | undefined;
  delete(owner: string, id: string): boolean;
  size(): { bytes: number; count: number };
}

interface Entry {
  previousId: string | undefined;
  input: Buffer;
  body: Buffer | undefined;
  itemIds: string[];
  usedAt: number;
}

/** What one key has stored, the longest unused first. */
interface Shelf {
  entries: Map<string, Entry>;
  /** Which response holds an item. */
  items: Map<string, string>;
  bytes: number;
}

/** What an entry costs beside its text, in bytes, about. */
const overhead = 512;

/**
 * Beyond the limits the key that holds most loses what it has not used for longest, so that a busy one crowds out nobody but
 * itself.
 * @param limits asked anew each time: the configuration may change
 * @param now milliseconds
 */
export function createResponseStore(limits: () => StoreLimits, now: () => number): ResponseStore {
  const shelves = new Map<string, Shelf>();
  let bytes = 0;
  let count = 0;

  function remove(shelf: Shelf, owner: string, id: string): boolean {
    const entry = shelf.entries.get(id);
    if (entry === undefined) return false;
    shelf.entries.delete(id);
    for (const itemId of entry.itemIds) if (shelf.items.get(itemId) === id) shelf.items.delete(itemId);
    resize(shelf, -sizeOf(entry));
    count -= 1;
    if (shelf.entries.size === 0) shelves.delete(owner);
    return true;
  }

  function resize(shelf: Shelf, by: number): void {
    shelf.bytes += by;
    bytes += by;
  }

  function makeRoom(): void {
    const { maxBytes, maxCount, ttlMs } = limits();
    const oldest = now() - ttlMs;
    for (const [owner, shelf] of shelves) {
      for (const [id, { usedAt }] of shelf.entries) {
        if (usedAt > oldest) break;
        remove(shelf, owner, id);
      }
    }
    while (bytes > maxBytes || count > maxCount) {
      const [owner, shelf] = [...shelves].reduce((most, one) => (one[1].bytes > most[1].bytes ? one : most));
      const [first] = shelf.entries.keys();
      if (first === undefined) return;
      remove(shelf, owner, first);
    }
  }

  function use(owner: string, id: string): { shelf: Shelf; entry: Entry; body: Buffer } | undefined {
    const shelf = shelves.get(owner);
    const entry = shelf?.entries.get(id);
    if (shelf === undefined || entry?.body === undefined) return undefined;
    if (!limits().enabled || entry.usedAt <= now() - limits().ttlMs) {
      remove(shelf, owner, id);
      return undefined;
    }
    entry.usedAt = now();
    shelf.entries.delete(id);
    shelf.entries.set(id, entry);
    return { shelf, entry, body: entry.body };
  }

  const store = {
    begin(owner: string, id: string, input: readonly WireObject[], previousId: string | undefined): void {
      store.discard(owner, id);
      const shelf = shelves.get(owner) ?? {
        entries: new Map<string, Entry>(),
        items: new Map<string, string>(),
        bytes: 0,
      };
      const entry: Entry = { previousId, input: toBytes(input), body: undefined, itemIds: [], usedAt: now() };
      shelves.set(owner, shelf);
      shelf.entries.set(id, entry);
      count += 1;
      resize(shelf, sizeOf(entry));
      index(shelf, id, entry, input);
      makeRoom();
    },
    complete(owner: string, id: string, body: WireObject): void {
      const shelf = shelves.get(owner);
      const entry = shelf?.entries.get(id);
      // It may have had to make room already.
      if (shelf === undefined || entry === undefined || entry.body !== undefined) return;
      entry.body = toBytes(body);
      entry.usedAt = now();
      resize(shelf, entry.body.length);
      index(shelf, id, entry, readItems(body.output));
      makeRoom();
    },
    discard(owner: string, id: string): void {
      const shelf = shelves.get(owner);
      if (shelf?.entries.get(id)?.body === undefined && shelf !== undefined) remove(shelf, owner, id);
    },
    find(owner: string, id: string): StoredResponse | undefined {
      const used = use(owner, id);
      if (used === undefined) return undefined;
      const { entry, body } = used;
      return {
        id,
        previousId: entry.previousId,
        input: readItems(fromBytes(entry.input)),
        body: readObject(fromBytes(body)),
      };
    },
    findItem(owner: string, itemId: string): WireObject | undefined {
      const holder = shelves.get(owner)?.items.get(itemId);
      const found = holder === undefined ? undefined : store.find(owner, holder);
      return found === undefined
        ? undefined
        : [...readItems(found.body.output), ...found.input].find(({ id }) => id === itemId);
    },
    delete(owner: string, id: string): boolean {
      const used = use(owner, id);
      return used !== undefined && remove(used.shelf, owner, id);
    },
    size: () => ({ bytes, count }),
  };
  return store;
}

function index(shelf: Shelf, id: string, entry: Entry, items: readonly WireObject[]): void {
  for (const item of items) {
    if (typeof item.id !== "string") continue;
    entry.itemIds.push(item.id);
    shelf.items.set(item.id, id);
  }
}

function sizeOf({ input, body }: Entry): number {
  return overhead + input.length + (body?.length ?? 0);
}

function toBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function fromBytes(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString("utf8"));
}

function readItems(value: unknown): WireObject[] {
  return Array.isArray(value) ? value.map(readObject) : [];
}

function readObject(value: unknown): WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
