import type { AttemptOutcome } from "./attempt-outcome.ts";
import type { Generation } from "./generation.ts";

/**
 * Asks an upstream as soon as what its request needs is there: the text of a document, a cloud's token. Whatever ends an attempt
 * ends this wait, too, and then nobody is asked.
 * @throws what `work` and `ask` throw
 */
export function waitToAsk<Made>(
  generation: Pick<Generation, "aborted" | "upstream">,
  work: Promise<Made>,
  ask: (made: Made) => Promise<AttemptOutcome>,
): Promise<AttemptOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<AttemptOutcome>();
  let isOver = false;

  /** @returns false when it was over already */
  function end(): boolean {
    if (isOver) return false;
    isOver = true;
    generation.upstream = undefined;
    return true;
  }

  function endWith(outcome: AttemptOutcome): void {
    if (end()) resolve(outcome);
  }

  generation.upstream = {
    abort: () => endWith({ type: "aborted" }),
    resume() {},
    giveUp: (error) => endWith({ type: "failed", error, givenUp: true }),
  };
  if (generation.aborted) endWith({ type: "aborted" });
  work
    .then((made) => {
      if (end()) resolve(ask(made));
    })
    .catch((error: unknown) => {
      end();
      reject(error);
    });
  return promise;
}
