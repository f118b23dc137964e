import { beforeEach, describe, expect, test } from "vitest";
import type { Access, Failure, Sdk } from "../sdks/sdk.ts";
import { claude, expressChat, kimi } from "../stand/gateway-config.ts";
import type { Stand } from "../stand/start-stand.ts";
import { ways } from "./describe-answers.ts";

/** How one SDK tells what went wrong: its class, and what it took for the code. */
export type Kinds = Readonly<
  Record<
    "unauthorized" | "unknownModel" | "badRequest" | "tooLarge" | "tooLong" | "rateLimited" | "upstreamDown",
    Partial<Failure>
  >
>;

/** Errors before an answer, with the SDK's own classes, and answers that break off. */
export function describeFailures(connect: (access: Access) => Sdk, access: Access, stand: Stand, kinds: Kinds): void {
  const sdk = connect(access);
  beforeEach(() => stand.mock.reset());

  async function failureOf(asking: Promise<unknown>): Promise<Failure> {
    try {
      await asking;
    } catch (error) {
      return sdk.explain(error);
    }
    throw new Error("no error was thrown");
  }

  describe.each(ways)("%s", (_, streamed) => {
    const ask = (model: string, text = "say hello") => failureOf(sdk.ask({ model, text }, streamed));

    test("an unknown API key is a 401", async () => {
      const stranger = connect({ ...access, apiKey: "sk-or-v1-unknown" });
      const failure = await failureOf(stranger.ask({ model: kimi, text: "say hello" }, streamed));
      expect(failure).toMatchObject({ status: 401, ...kinds.unauthorized });
      expect(stand.mock.requests).toHaveLength(0);
    });

    test("an unknown model is a 404 that names a near one", async () => {
      const failure = await ask("kimi-k2-thinkin");
      expect(failure).toMatchObject({ status: 404, ...kinds.unknownModel });
      expect(failure.message).toContain("did you mean");
    });

    // An SDK may refuse it by itself.
    test.each(sdk.lacks?.includes("empty model") === true ? [] : [""])(
      "a bad request is a 400 that names the field, model: %j",
      async (model) => {
        const failure = await ask(model);
        expect(failure).toMatchObject({ status: 400, ...kinds.badRequest });
        expect(failure.message).toContain("model");
      },
    );

    test("a body beyond the limit is a 413", async () => {
      expect(await ask(kimi, "x".repeat(1_100_000))).toMatchObject({ status: 413, ...kinds.tooLarge });
    });

    test.each([kimi, claude])("a prompt too long for %s is a 400 that clients compact on", async (model) => {
      stand.mock.setFaults({ fault: "context=100" });
      const failure = await ask(model, "long ".repeat(1000));
      expect(failure).toMatchObject({ status: 400, ...kinds.tooLong });
    });

    test.each([kimi, expressChat, claude])("a rate limit of %s is a 429 with the wait", async (model) => {
      stand.mock.setFaults({ fault: "status=429,7" });
      expect(await ask(model)).toMatchObject({ status: 429, retryAfter: "7", ...kinds.rateLimited });
    });

    test.each([kimi, expressChat, claude])("an upstream of %s that is down is a 5xx", async (model) => {
      stand.mock.setFaults({ fault: "status=500" });
      const failure = await ask(model);
      expect(failure).toMatchObject(kinds.upstreamDown);
      expect([500, 502]).toContain(failure.status);
    });

    test.each([kimi, expressChat, claude])("a passing failure of %s is not seen", async (model) => {
      stand.mock.setFaults({ fault: "status=500", times: 1 });
      const answer = await sdk.ask({ model, text: "say hello" }, streamed);
      expect(answer.text).toContain("say hello");
      expect(stand.mock.requests.map(({ status }) => status)).toEqual([500, 200]);
    });
  });

  // `end` closes cleanly without the terminal events, `cut` the socket, `error` says so.
  describe.each([kimi, expressChat, claude])(
    "an answer of %s that breaks off is an error and never a short answer",
    (model) => {
      test.each(["cut=9", "end=9", "error=9"])("%s, streamed", async (fault) => {
        stand.mock.setFaults({ fault });
        await expect(sdk.ask({ model, text: "think about rivers", think: true }, true)).rejects.toThrow();
      });

      test.each(["cut=headers", "cut=40b"])("%s, whole", async (fault) => {
        stand.mock.setFaults({ fault });
        await expect(sdk.ask({ model, text: "think about rivers", think: true }, false)).rejects.toThrow();
      });
    },
  );
}
