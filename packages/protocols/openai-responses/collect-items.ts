import { isObject, type WireObject } from "../wire/json-object.ts";
import type { ItemQueue } from "./item-queue.ts";
import { createItemReader, type AnswerState, type ItemReader, type PieceKind } from "./read-item.ts";

interface Entry {
  id: string | undefined;
  outputIndex: number | undefined;
  type: string;
  reader: ItemReader;
  isDone: boolean;
}

/** Finds out which item each event is about. */
export interface ItemCollector {
  added(event: WireObject): void;
  /** @param types the kinds of items such a piece can belong to; the first is what it means where no item was announced */
  piece(event: WireObject, types: readonly string[], kind: PieceKind, part: number, text: string): void;
  partDone(event: WireObject, types: readonly string[], part: number, value: WireObject): void;
  /** Something about the part that is open: a citation, log probabilities. */
  note(event: WireObject, part: number, value: WireObject): void;
  done(event: WireObject): void;
  /** The list in the response itself: everything that has not come before. */
  finish(output: unknown): void;
  isEmpty(): boolean;
}

/**
 * Events name their item by its place and its id. Some servers give an item another id in every event, some say place 0 for
 * all of them, some leave out what begins an item or what ends it.
 */
export function createItemCollector(queue: ItemQueue, state: AnswerState): ItemCollector {
  const entries: Entry[] = [];

  function begin(item: WireObject, outputIndex: number | undefined): Entry {
    const entry: Entry = {
      id: readId(item.id),
      outputIndex,
      type: typeof item.type === "string" ? item.type : "",
      reader: createItemReader(item, queue.begin(), state),
      isDone: false,
    };
    entries.push(entry);
    return entry;
  }

  function complete(entry: Entry, item: WireObject | undefined): void {
    if (entry.isDone) return;
    entry.isDone = true;
    entry.reader.complete(item);
  }

  function findOpen(event: WireObject, id: unknown, types: readonly string[]): Entry | undefined {
    const fits = (entry: Entry): boolean => !entry.isDone && types.includes(entry.type);
    return (
      entries.findLast((entry) => fits(entry) && entry.id !== undefined && entry.id === id) ??
      entries.findLast((entry) => fits(entry) && entry.outputIndex === readIndex(event)) ??
      (readIndex(event) === undefined ? entries.findLast(fits) : undefined)
    );
  }

  function isKnown(event: WireObject, item: WireObject): boolean {
    const id = readId(item.id);
    return entries.some(
      (entry) =>
        entry.isDone &&
        entry.type === item.type &&
        (id === undefined || entry.id === undefined ? entry.outputIndex === readIndex(event) : entry.id === id),
    );
  }

  /** The item of a piece. One that is whole takes no more; one that was never announced begins now. */
  function find(event: WireObject, types: readonly string[]): Entry | undefined {
    const open = findOpen(event, event.item_id, types);
    if (open !== undefined) return open;
    const id = readId(event.item_id);
    const isOver = (entry: Entry): boolean =>
      entry.isDone &&
      types.includes(entry.type) &&
      (id === undefined || entry.id === undefined ? entry.outputIndex === readIndex(event) : entry.id === id);
    if (entries.some(isOver)) return undefined;
    return begin({ type: types[0], id }, readIndex(event));
  }

  return {
    added(event) {
      if (!isObject(event.item)) return;
      const item = event.item;
      const type = typeof item.type === "string" ? item.type : "";
      const place = readIndex(event);
      const before = place === undefined ? undefined : entries.findLast((entry) => entry.outputIndex === place);
      // Its pieces have come first.
      if (before !== undefined && !before.isDone && before.type === type && before.id === readId(item.id)) return;
      begin(item, place);
    },
    piece(event, types, kind, part, text) {
      if (text !== "") find(event, types)?.reader.append(kind, part, text);
    },
    partDone(event, types, part, value) {
      find(event, types)?.reader.completePart(part, value);
    },
    note(event, part, value) {
      findOpen(event, event.item_id, ["message"])?.reader.note?.(part, value);
    },
    done(event) {
      if (!isObject(event.item)) return;
      const item = event.item;
      const type = typeof item.type === "string" ? item.type : "";
      const open = findOpen(event, item.id, [type]);
      if (open !== undefined) complete(open, item);
      else if (!isKnown(event, item)) complete(begin(item, readIndex(event)), item);
    },
    finish(output) {
      if (Array.isArray(output)) {
        for (const [at, item] of output.entries()) {
          if (!isObject(item)) continue;
          const id = readId(item.id);
          const named = id === undefined ? undefined : entries.find((entry) => entry.id === id);
          const entry = named ?? (entries[at]?.type === item.type ? entries[at] : undefined);
          complete(entry ?? begin(item, at), item);
        }
      }
      for (const entry of entries) complete(entry, undefined);
    },
    isEmpty: () => entries.length === 0,
  };
}

function readId(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function readIndex({ output_index: index }: WireObject): number | undefined {
  return typeof index === "number" ? index : undefined;
}
