import type { ChatEvent, EmitEvent } from "@onerouter/protocols";

/** How far back the beginning of the new text is looked for in the old one, in characters. */
const searched = 4_000;
/** So much of the old text told once more, and then something else, is another answer. */
const anotherAnswer = 64;

export interface JoinTextOptions {
  /** What the client has of the text. */
  shown: string;
  /**
   * The shortest repetition that is no accident, in characters. Shorter ones count if they are all of `shown`, or take up the
   * word that a new message follows without a space.
   */
  least: number;
  /** The new text begins a message, so that the space before it is lost if the model did not repeat what it follows. */
  beginsMessage: boolean;
  /** The model has told its answer anew, in other words: it cannot be joined. */
  onOther(): void;
}

/**
 * Goes between an upstream that was asked to go on with a text and the answer that has its beginning: leaves out what the
 * client has already, and keeps the white space between the two as it was. Only the first text is looked at; what may be a
 * repetition waits until that is clear, and a text that is nothing else is left out.
 */
export function joinText(options: JoinTextOptions, emit: EmitEvent): EmitEvent {
  const { beginsMessage } = options;
  const shown = options.shown.trimEnd();
  /** The white space at the end, which upstreams do not take or do not tell again. */
  const gap = options.shown.slice(shown.length);
  const least = Math.min(options.least, shown.length);
  let state: "before" | "looking" | "gap" | "done" = "before";
  let index = -1;
  /** Its beginning, until there is something in it. */
  let start: ChatEvent | undefined;
  let read = "";
  /** Where in the old text the new one may begin, as far as it has been read. */
  let places: number[] | undefined;
  let compared = 0;

  function pass(text: string): void {
    if (text === "") return;
    if (start !== undefined) emit(start);
    start = undefined;
    emit({ type: "block-delta", index, text });
  }

  /** Leaves out of what follows the white space that the client has. */
  function passGap(text: string, isLast: boolean): void {
    read = text;
    if (!isLast && read.length < gap.length && gap.startsWith(read)) {
      state = "gap";
      return;
    }
    state = "done";
    pass(read.startsWith(gap) ? read.slice(gap.length) : read);
  }

  /** @param isLast nothing more comes */
  function look(isLast: boolean): void {
    const text = read.trimStart();
    if (text === "" && !isLast) return;
    places = (places ?? placesOf(text)).filter((at) => agrees(text, at, compared));
    const waits = places.some((at) => at + text.length < shown.length);
    if (waits && !isLast) {
      compared = text.length;
      return;
    }
    // The first is the longest repetition.
    const from = places.find((at) => at + text.length >= shown.length);
    if (from !== undefined) passGap(text.slice(shown.length - from), isLast);
    else if (text.length >= anotherAnswer && shown.startsWith(text.slice(0, anotherAnswer))) {
      state = "done";
      options.onOther();
    } else passGap(beginsMessage && gap === "" ? addSpace(read) : read, isLast);
  }

  function placesOf(text: string): number[] {
    const first = text.slice(0, 1);
    const result = shown.startsWith(first) ? [0] : [];
    const from = Math.max(1, shown.length - searched);
    const joinsWords = beginsMessage && read === text && gap === "" && isWithinWord(shown + first, shown.length);
    for (let at = shown.indexOf(first, from); at >= 0 && at < shown.length; at = shown.indexOf(first, at + 1)) {
      if (at <= shown.length - least || (joinsWords && !isWithinWord(shown, at))) result.push(at);
    }
    return result;
  }

  /**
   * Between two letters. Nobody goes on there with a word that the text ends with, unless it is taken up: it was cut off, or
   * is told again.
   */
  function isWithinWord(text: string, at: number): boolean {
    return /^\p{L}{2}$/u.test(text.slice(at - 1, at + 1));
  }

  /** The new text is what stands in the old one from there on, as far as that goes; `same` characters of it are known to be. */
  function agrees(text: string, at: number, same: number): boolean {
    const length = Math.min(text.length, shown.length - at);
    return same >= length || shown.startsWith(text.slice(same, length), at + same);
  }

  /** A sentence that begins behind the end of one, as told apart from a number or a name with a dot. */
  function addSpace(text: string): string {
    return /[.!?]$/.test(shown) && /^\p{Lu}/u.test(text) ? ` ${text}` : text;
  }

  function settle(): void {
    if (state === "looking") look(true);
    else if (state === "gap") passGap(read, true);
    state = "done";
  }

  return (event: ChatEvent) => {
    if (state === "before" && event.type === "block-start" && event.block.type === "tool-call") {
      // What is said behind a call is no rest of anything.
      state = "done";
      emit(event);
    } else if (state === "before" && event.type === "block-start" && event.block.type === "text") {
      state = shown === "" ? "gap" : "looking";
      ({ index } = event);
      start = event;
    } else if (event.type === "block-delta" && event.index === index) {
      if (state === "looking") {
        read += event.text;
        look(false);
      } else if (state === "gap") passGap(read + event.text, false);
      else pass(event.text);
    } else if (event.type === "block-stop" && event.index === index) {
      settle();
      // All of it was there: there is no new text.
      if (start === undefined) emit(event);
      start = undefined;
      index = -1;
    } else emit(event);
  };
}
