import type { ServerResponse } from "node:http";

/** The exchanges that are not over yet, so that going down can wait for the last of them. */
export interface OpenExchanges {
  /** Counts an exchange until its work is done and its last byte has left, or its connection is gone. Passes on how the work ends. */
  hold(response: ServerResponse, work: Promise<void>): Promise<void>;
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
    async hold(response, work) {
      open += 1;
      try {
        await work;
      } finally {
        if (response.closed) leave();
        else response.once("close", leave);
      }
    },
    whenNone() {
      return new Promise((resolve) => {
        if (open === 0) resolve();
        else waiting.push(resolve);
      });
    },
  };
}
