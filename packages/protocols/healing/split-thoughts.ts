import type { ChatEvent, EmitEvent } from "../model/chat-event.ts";
import { BlockWriter } from "./block-writer.ts";
import { countBlanks, lengthOfBegun } from "./markers.ts";

const open = "<think>";
const close = "</think>";

type BlockOpening = Extract<ChatEvent, { type: "block-start" }>;

/**
 * For servers that leave a model's thoughts in its text (VendorProfile.thinkTags): a text that begins with `<think>` is
 * reasoning up to `</think>`, and text behind it. Nothing is held back but what may be a tag.
 */
export function splitThoughts(emit: EmitEvent): EmitEvent {
  const writer = new BlockWriter(emit);
  let text: BlockOpening | undefined;
  let state: "beginning" | "thought" | "behind" | "text" = "text";
  let held = "";

  function write(piece: string): void {
    if (piece === "" || text === undefined) return;
    if (!writer.isOpen) {
      if (state === "thought") writer.open({ type: "reasoning" });
      else writer.open(text.block, text);
    }
    writer.text(piece);
  }

  function take(piece: string): void {
    let rest = held + piece;
    held = "";
    if (state === "beginning") {
      const from = countBlanks(rest);
      const view = rest.slice(from, from + open.length);
      if (view.length < open.length && open.startsWith(view)) {
        held = rest;
        return;
      }
      if (view === open) {
        state = "thought";
        rest = rest.slice(from + open.length);
      } else state = "text";
    }
    if (state === "thought") {
      if (!writer.isOpen) rest = rest.slice(countBlanks(rest));
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
      rest = rest.slice(at + close.length);
    }
    if (state === "behind") {
      rest = rest.slice(countBlanks(rest));
      if (rest === "") return;
      state = "text";
    }
    write(rest);
  }

  return (event) => {
    switch (event.type) {
      case "block-start":
        if (event.block.type === "text") {
          text = event;
          state = "beginning";
        } else writer.open(event.block, event);
        return;
      case "block-delta":
        if (text === undefined || (state === "text" && writer.isOpen)) writer.text(event.text, event);
        else take(event.text);
        return;
      case "block-stop":
        write(held);
        held = "";
        if (writer.isOpen) writer.close(event);
        else if (text !== undefined && state === "beginning") {
          writer.open(text.block, text);
          writer.close();
        }
        text = undefined;
        return;
      default:
        emit(event);
    }
  };
}
