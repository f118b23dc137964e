import type { ChatEvent, EmitEvent } from "../model/chat-event.ts";
import { maxHeld } from "../model/limits.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { BlockWriter } from "./block-writer.ts";
import { countBlanks, lengthOfBegun } from "./markers.ts";

const open = "<think>";
const close = "</think>";

type BlockOpening = Extract<ChatEvent, { type: "block-start" }>;

/**
 * For servers that leave a model's thoughts in its text: what an answer says first is reasoning up to `</think>`, if it
 * begins with `<think>`, and text behind it. Nothing is held back but what may be a tag.
 * @param tags `opened`: the first tag may be missing, because the prompt ended with it. Then all waits for the second, and is
 *   text if there is none
 */
export function splitThoughts(tags: NonNullable<VendorProfile["thinkTags"]>, emit: EmitEvent): EmitEvent {
  const writer = new BlockWriter(emit);
  let text: BlockOpening | undefined;
  let state: "beginning" | "unclear" | "thought" | "behind" | "text" = "beginning";
  let held = "";
  /** What is thought or text, with its length and its last characters. Joined once: it may be long. */
  let pieces: string[] = [];
  let length = 0;
  let tail = "";

  function write(piece: string): void {
    if (piece === "" || text === undefined) return;
    if (!writer.isOpen) {
      if (state === "thought") writer.open({ type: "reasoning" });
      else writer.open(text.block, text);
    }
    writer.text(piece);
  }

  function take(piece: string): void {
    const all = held + piece;
    held = "";
    switch (state) {
      case "beginning":
        return begin(all);
      case "unclear":
        return wait(all);
      case "thought":
        return think(all);
      case "behind":
        return speak(all);
      case "text":
        return write(all);
    }
  }

  function begin(all: string): void {
    const from = countBlanks(all);
    const view = all.slice(from, from + open.length);
    if (view.length < open.length && open.startsWith(view)) {
      held = all;
    } else if (view === open) {
      state = "thought";
      think(all.slice(from + open.length));
    } else if (tags === "opened") {
      state = "unclear";
      wait(all);
    } else {
      state = "text";
      write(all);
    }
  }

  function wait(piece: string): void {
    const view = tail + piece;
    const at = view.indexOf(close);
    pieces.push(piece);
    length += piece.length;
    tail = view.slice(1 - close.length);
    if (length > maxHeld) throw new RangeError("the upstream's thought is too long to be told from text");
    if (at < 0) return;
    state = "thought";
    think(takePieces());
  }

  function takePieces(): string {
    const all = pieces.join("");
    pieces = [];
    return all;
  }

  function think(all: string): void {
    const rest = writer.isOpen ? all : all.slice(countBlanks(all));
    const at = rest.indexOf(close);
    if (at < 0) {
      const begun = lengthOfBegun(rest, close);
      held = rest.slice(rest.length - begun);
      write(rest.slice(0, rest.length - begun));
      return;
    }
    write(rest.slice(0, at));
    if (writer.isOpen) writer.close();
    state = "behind";
    speak(rest.slice(at + close.length));
  }

  /** The blank lines after a thought belong to the tags. */
  function speak(all: string): void {
    const rest = all.slice(countBlanks(all));
    if (rest === "") return;
    state = "text";
    write(rest);
  }

  function endText(event: Extract<ChatEvent, { type: "block-stop" }>): void {
    if (state === "unclear") {
      state = "text";
      write(takePieces());
    }
    write(held);
    held = "";
    if (writer.isOpen) writer.close(event);
    else if (text !== undefined && state === "beginning") {
      writer.open(text.block, text);
      writer.close();
    }
    text = undefined;
    state = "text";
  }

  return (event) => {
    switch (event.type) {
      case "block-start":
        if (event.block.type === "text") text = event;
        else {
          // Where a thought or a call has come by itself, tags are text.
          state = "text";
          writer.open(event.block, event);
        }
        return;
      case "block-delta":
        if (text === undefined || (state === "text" && writer.isOpen)) writer.text(event.text, event);
        else take(event.text);
        return;
      case "block-stop":
        if (text === undefined) writer.close(event);
        else endText(event);
        return;
      default:
        emit(event);
    }
  };
}
