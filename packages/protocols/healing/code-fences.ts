/**
 * Follows a Markdown text and tells whether the next character stands in code: in a fence, or between single backticks on
 * one line. Markup that is written about stands there, markup that leaks does not.
 */
export interface CodeFences {
  feed(text: string): void;
  readonly inCode: boolean;
}

export function createCodeFences(): CodeFences {
  let inFence = false;
  let inSpan = false;
  /** Backticks at the very end. */
  let run = 0;

  function endRun(): void {
    if (run >= 3) {
      inFence = !inFence;
      inSpan = false;
    } else if (run > 0 && !inFence) inSpan = !inSpan;
    run = 0;
  }

  const fences = {
    inCode: false,
    feed(text: string): void {
      if (run === 0 && !text.includes("`")) {
        if (inSpan && text.includes("\n")) {
          inSpan = false;
          fences.inCode = inFence;
        }
        return;
      }
      for (let at = 0; at < text.length; at++) {
        const char = text[at];
        if (char === "`") {
          run += 1;
          continue;
        }
        endRun();
        if (char === "\n") inSpan = false;
      }
      // What a run is that touches the next character shows now: three or more begin or end a fence.
      const opens = run >= 3 ? !inFence : run > 0 && !inFence ? !inSpan : inFence || inSpan;
      fences.inCode = run === 0 ? inFence || inSpan : opens;
    },
  };
  return fences;
}
