import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Sdk } from "../sdks/sdk.ts";
import { claude, expressChat, kimi } from "../stand/gateway-config.ts";
import type { Stand } from "../stand/start-stand.ts";

/** A client that goes away takes its upstream request with it: nobody pays for what nobody reads. */
export function describeAbort(sdk: Sdk, stand: Stand): void {
  beforeEach(() => stand.mock.reset());

  describe.each([kimi, expressChat, claude])("%s", (model) => {
    test("aborting in mid-stream cancels the upstream's answer", async () => {
      // Some events and then nothing, so that the answer is open for as long as it takes.
      stand.mock.setFaults({ fault: "silence=6" });
      await abort(true);
    });

    test("aborting while a whole answer is made cancels the upstream's", async () => {
      stand.mock.setFaults({ fault: "ttft=60000" });
      await abort(false);
    });

    async function abort(streamed: boolean): Promise<void> {
      const controller = new AbortController();
      const begun = Promise.withResolvers<void>();
      const question = { model, text: "say hello", signal: controller.signal, onPiece: begun.resolve };
      const ended = sdk.ask(question, streamed).then(
        () => "answered",
        () => "failed",
      );
      await vi.waitFor(() => expect(stand.mock.requests).toHaveLength(1), { timeout: 10_000 });
      if (streamed) await begun.promise;
      expect(stand.mock.requests[0]).toMatchObject({ aborted: false, finished: false });
      controller.abort();
      expect(await ended).toBe("failed");
      await vi.waitFor(() => expect(stand.mock.requests[0]).toMatchObject({ aborted: true, finished: true }), {
        timeout: 10_000,
      });
      expect(stand.mock.requests).toHaveLength(1);
    }
  });
}
