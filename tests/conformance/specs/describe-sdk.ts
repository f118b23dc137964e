import { describe } from "vitest";
import type { Access, Sdk } from "../sdks/sdk.ts";
import type { Stand } from "../stand/start-stand.ts";
import { describeAbort } from "./describe-abort.ts";
import { describeAnswers } from "./describe-answers.ts";
import { describeFailures, type Kinds } from "./describe-failures.ts";
import { describePrefixes } from "./describe-prefixes.ts";
import { describeToolLoop } from "./describe-tool-loop.ts";

export interface StandsOfSdk {
  strict: Stand;
  /** For tool loops of an SDK that loses thoughts: the upstream wants some, but not the very ones it made. */
  loops?: Stand;
}

/** Everything that is asked of every SDK. */
export function describeSdk(
  connect: (access: Access) => Sdk,
  prefix: Access["prefix"],
  { strict, loops = strict }: StandsOfSdk,
  kinds: Kinds,
): void {
  const accessTo = ({ url, apiKey }: Stand): Access => ({ url, apiKey, prefix });
  const sdk = connect(accessTo(strict));
  describe(`${sdk.name} at ${prefix}`, () => {
    describe("answers", () => {
      describeAnswers(sdk, strict);
    });
    describe("tool loops", () => {
      describeToolLoop(connect(accessTo(loops)), loops);
    });
    describe("abort", () => {
      describeAbort(sdk, strict);
    });
    describe("errors", () => {
      describeFailures(connect, accessTo(strict), strict, kinds);
    });
    describe("prefixes", () => {
      describePrefixes(connect, strict);
    });
  });
}
