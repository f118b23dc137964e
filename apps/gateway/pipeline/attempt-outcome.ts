import type { ChatError } from "@onerouter/protocols";

/** How an attempt at one candidate ended. */
export type AttemptOutcome =
  | { type: "complete" }
  /** The client went away. */
  | { type: "aborted" }
  /** The answer came to its end, but its tool calls are of no use. None of them was shown. */
  | { type: "hopeless"; error: ChatError }
  /** `status` is that of an upstream's refusal. `givenUp`: the client's own rules ended it. */
  | { type: "failed"; error: ChatError; status?: number; givenUp?: true };

/** After which somebody may be asked again. */
export type Failure = Extract<AttemptOutcome, { type: "failed" | "hopeless" }>;
