/** One server-sent event. `event` is "" when the stream names none. */
export type OnSseEvent = (event: string, data: string) => void;

export interface SseDecoder {
  write(text: string): void;
  /** Dispatches an event that the stream ended without a blank line after (some servers do). */
  end(): void;
}

/**
 * An incremental parser of https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream for text
 * that arrives cut anywhere: LF, CRLF and CR line ends, comments, `data:` without a space, several data lines.
 * Ids and retry are of no use here and skipped. @param maxLength bounds what one unfinished event may hold (characters);
 * beyond it `write` throws a RangeError.
 */
export function createSseDecoder(onEvent: OnSseEvent, maxLength = 64 * 1024 * 1024): SseDecoder {
  let rest = "";
  let event = "";
  let data: string | undefined;
  let skipLineFeed = false;
  let atStart = true;

  function takeLine(line: string): void {
    if (line === "") {
      if (data !== undefined) onEvent(event, data);
      event = "";
      data = undefined;
      return;
    }
    if (line.startsWith("data:")) {
      const value = line.slice(line.charCodeAt(5) === 32 ? 6 : 5);
      data = data === undefined ? value : `${data}\n${value}`;
      if (data.length > maxLength) throw new RangeError("server-sent event too long");
    } else if (line.startsWith("event:")) {
      event = line.slice(line.charCodeAt(6) === 32 ? 7 : 6);
    } else if (line === "data") {
      data = data === undefined ? "" : `${data}\n`;
    }
  }

  return {
    write(text) {
      if (atStart && text !== "") {
        atStart = false;
        if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
      }
      if (skipLineFeed && text !== "") {
        skipLineFeed = false;
        if (text.charCodeAt(0) === 10) text = text.slice(1);
      }
      // An event of megabytes comes in many pieces: each is searched once, and they are put together once.
      if (rest !== "" && !text.includes("\n") && !text.includes("\r")) {
        rest += text;
        if (rest.length > maxLength) throw new RangeError("server-sent event too long");
        return;
      }
      const buffer = rest === "" ? text : rest + text;
      let from = 0;
      // A lone CR is rare: look for it only when there is one, so that the usual stream is split by one native search.
      let carriageReturn = buffer.indexOf("\r");
      for (;;) {
        let end = buffer.indexOf("\n", from);
        let next = end + 1;
        if (carriageReturn >= 0 && (end < 0 || carriageReturn < end)) {
          end = carriageReturn;
          next = carriageReturn + 1;
          if (next === buffer.length) skipLineFeed = true;
          else if (buffer.charCodeAt(next) === 10) next += 1;
          carriageReturn = buffer.indexOf("\r", next);
        }
        if (end < 0) break;
        takeLine(buffer.slice(from, end));
        from = next;
      }
      rest = from === 0 ? buffer : buffer.slice(from);
      if (rest.length > maxLength) throw new RangeError("server-sent event too long");
    },
    end() {
      if (rest !== "") takeLine(rest);
      rest = "";
      takeLine("");
    },
  };
}
