import type { AnswerAssembler } from "./assemble-answer.ts";

const opening = "<think>";
const closing = "</think>";

/** Parts the thought from the text of an answer that begins with it, in tags, however it is cut. */
export interface ThinkTagReader {
  take(text: string): void;
  /** Lets go what was held back. */
  end(): void;
}

/** @param isThought whether a thought has come in a field of its own already: tags are text then */
export function createThinkTagReader(assembler: AnswerAssembler, isThought: () => boolean): ThinkTagReader {
  let state: "before" | "inside" | "after" | "text" = "before";
  /** What may be the beginning of a tag. */
  let held = "";

  function take(text: string): void {
    if (state === "text") {
      assembler.text("text", text);
      return;
    }
    const all = held + text;
    held = "";
    if (state === "before") begin(all);
    else if (state === "inside") think(all);
    else speak(all);
  }

  function begin(all: string): void {
    const start = all.trimStart();
    if (!isThought() && start.startsWith(opening)) {
      state = "inside";
      think(start.slice(opening.length));
    } else if (!isThought() && opening.startsWith(start)) held = all;
    else {
      state = "text";
      assembler.text("text", all);
    }
  }

  function think(all: string): void {
    const end = all.indexOf(closing);
    if (end >= 0) {
      assembler.text("reasoning", all.slice(0, end));
      state = "after";
      speak(all.slice(end + closing.length));
      return;
    }
    const kept = possibleStart(all);
    held = all.slice(all.length - kept);
    assembler.text("reasoning", all.slice(0, all.length - kept));
  }

  /** The blank lines after a thought belong to the tags. */
  function speak(all: string): void {
    const start = all.trimStart();
    if (start === "") return;
    state = "text";
    assembler.text("text", start);
  }

  return {
    take,
    end() {
      if (held === "") return;
      assembler.text(state === "inside" ? "reasoning" : "text", held);
      held = "";
    },
  };
}

/** Length of the longest end of the text that the closing tag begins with. */
function possibleStart(text: string): number {
  for (let length = Math.min(closing.length - 1, text.length); length > 0; length--) {
    if (closing.startsWith(text.slice(text.length - length))) return length;
  }
  return 0;
}
