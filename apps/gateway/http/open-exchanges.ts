import type { ServerResponse } from "node:http";

/** The exchanges that are not over yet, so that going down can wait for the last of them. */
export interface OpenExchanges {
  /** Counts an exchange until its work, which never rejects, is done and its last byte has left or its connection is gone. */
  hold(response: ServerResponse, work: Promise<void>): void;
  /** Settles as soon as there is none. */
  whenNone(): Promise<void>;
}

export function createOpenExchanges(): OpenExchanges {
  let open = 0;
  let waiting: Array<() => void> = [];

  function leave(): void {
    open -= 1;
    if (open > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  }

  return {
    hold(response, work) {
      open += 1;
      void work.then(() => {
        if (response.closed) leave();
        else response.once("close", leave);
      });
    },
    whenNone() {
      return new Promise((resolve) => {
        if (open === 0) resolve();
        else waiting.push(resolve);
      });
    },
  };
}
