import { maxHeld } from "../model/limits.ts";
import type { AnswerAssembler } from "./assemble-answer.ts";
import type { OpenToolCall } from "./assemble-tool-call.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/** Finds out which call each piece of `delta.tool_calls` belongs to. */
export interface ToolCallCollector {
  take(pieces: readonly unknown[]): void;
  /** @throws Error for arguments of a call that never got a name */
  end(): void;
}

interface Slot {
  index: number | undefined;
  id: string | undefined;
  name: string;
  /** Arguments that came before the name. */
  early: string;
  call?: OpenToolCall;
}

/** One piece, read. */
interface Piece {
  index: number | undefined;
  id: string | undefined;
  name: string | undefined;
  text: string;
  custom: boolean;
}

/**
 * OpenAI says `index` in every piece, and id and name in the first. Others leave the index out or always say 0, repeat the
 * name in every piece, change the id, send the arguments as an object, or the whole call at once.
 */
export function createToolCallCollector(assembler: AnswerAssembler): ToolCallCollector {
  const slots: Slot[] = [];

  function open(piece: Piece): Slot {
    const slot: Slot = { index: piece.index, id: piece.id, name: "", early: "" };
    slots.push(slot);
    return slot;
  }

  return {
    take(pieces) {
      const told = new Set<Slot>();
      for (const [position, value] of pieces.entries()) {
        if (!isObject(value)) continue;
        const piece = readPiece(value);
        const known = findSlot(slots, piece);
        // Without numbers, what one list names twice are two calls, also where they have the same id.
        const isTwin = known !== undefined && piece.index === undefined && piece.name !== undefined && told.has(known);
        const slot = known === undefined || isTwin || beginsAnother(known, piece, position) ? open(piece) : known;
        told.add(slot);
        slot.id ??= piece.id;
        if (slot.call === undefined && piece.name !== undefined) {
          slot.name = piece.name;
          slot.call = assembler.openCall(slot.id, slot.name, piece.custom);
          assembler.argumentsOf(slot.call, slot.early);
        }
        if (slot.call === undefined) {
          slot.early += piece.text;
          if (slot.early.length > maxHeld) throw new RangeError("the upstream sent arguments of no call without end");
        } else if (piece.text !== "") assembler.argumentsOf(slot.call, piece.text);
      }
    },
    end() {
      if (slots.some((slot) => slot.call === undefined && slot.early !== "")) {
        throw new Error("the upstream sent a tool call without a name");
      }
    },
  };
}

function readPiece(value: WireObject): Piece {
  const custom = isObject(value.custom);
  // Legacy: `function_call` is the function itself.
  const definition = isObject(value.custom) ? value.custom : isObject(value.function) ? value.function : value;
  const text = custom ? definition.input : definition.arguments;
  return {
    index: typeof value.index === "number" ? value.index : undefined,
    id: typeof value.id === "string" && value.id !== "" ? value.id : undefined,
    name: typeof definition.name === "string" && definition.name !== "" ? definition.name : undefined,
    text: typeof text === "string" ? text : isObject(text) ? JSON.stringify(text) : "",
    custom,
  };
}

function findSlot(slots: readonly Slot[], piece: Piece): Slot | undefined {
  if (piece.index !== undefined) return slots.findLast((slot) => slot.index === piece.index);
  const sameId = piece.id === undefined ? undefined : slots.findLast((slot) => slot.id === piece.id);
  return sameId ?? slots.at(-1);
}

function beginsAnother(slot: Slot, piece: Piece, position: number): boolean {
  // A call begins with its name.
  if (piece.name === undefined || slot.call === undefined) return false;
  if (piece.name !== slot.name) return true;
  const otherId = piece.id !== undefined && slot.id !== undefined && piece.id !== slot.id;
  // The same name again: the next call of the same tool, or the same call from a vendor that repeats itself.
  if (!slot.call.isComplete())
    return piece.text === "" && !slot.call.hasReceived() && (otherId || isNextInList(piece, position));
  if (otherId) return true;
  return piece.index === undefined && piece.text !== "" && (piece.id === undefined || piece.id !== slot.id);
}

function isNextInList(piece: Piece, position: number): boolean {
  return piece.index === undefined && position > 0;
}
