import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerWell, eventsOf } from "../../testing/answer-well.ts";
import { readEvents, type Heard } from "../../testing/call.ts";
import { clientDialects } from "../../testing/client-dialects.ts";
import {
  startEventStream,
  startScriptedUpstream,
  type Handler,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway, type TestProvider } from "../../testing/start-test-gateway.ts";

/*
 * An upstream that breaks after content where nobody is to go on with the answer (T26). Claude Code repeats a turn whose socket is cut; an error event or a clean
 * end can pass for the end of the run. Chat clients are told by an error event. Nobody gets a clean end.
 */

const words = "one two three four five";

const ends: Record<string, (response: ServerResponse) => unknown> = {
  cut: (response) => response.socket?.destroy(),
  "clean-end": (response) => response.end(),
  "error-event": (response) => {
    const error = { type: "overloaded_error", code: 529, message: "Overloaded" };
    response.end(`event: error\ndata: ${JSON.stringify({ type: "error", error })}\n\n`);
  },
  // Then the gateway's own limit ends it.
  silence: () => undefined,
};

const failing: Handler = (response, request) => {
  const [, end = "", count = ""] = /^[a-z]+-([a-z-]+)\.(\d)$/.exec(String(request.body.model)) ?? [];
  startEventStream(response);
  response.write(eventsOf(request, words).slice(0, Number(count)).join(""), () => ends[end]?.(response));
};

// The first event carries no content, in Messages the second neither.
const models = Object.keys(ends).flatMap((end) => [3, 4, 5, 6].map((count) => `${end}.${count}`));

let broken: ScriptedUpstream;
let well: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  broken = await startScriptedUpstream(failing);
  well = await startScriptedUpstream((response, request) => answerWell(response, request, "the second answer"));
});
afterAll(() => Promise.all([broken.close(), well.close()]));

const provider = (short: string, protocol: TestProvider["protocol"], url: string): TestProvider => ({
  protocol,
  base_url: url,
  timeouts: { idle_seconds: 0.3 },
  models: Object.fromEntries(models.map((model) => [`${short}-${model}`, {}])),
});

const ways = clientDialects.flatMap((client) => ["chat", "messages"].map((short) => ({ client, short })));

describe.each(ways)("$client.name, $short upstream", ({ client, short }) => {
  // One for each: who has fallen silent is not asked for a while.
  beforeAll(async () => {
    gateway = await startTestGateway({
      server: { resume: false },
      providers: {
        chat: provider("chat", "openai-chat", broken.url),
        messages: provider("messages", "anthropic-messages", broken.url),
        chat2: provider("chat", "openai-chat", well.url),
        messages2: provider("messages", "anthropic-messages", well.url),
      },
    });
  });
  afterAll(() => gateway.stop());

  test.each(Object.keys(ends))("%s", async (end) => {
    const asked = [3, 4, 5, 6].map((count) => gateway.ask(client, { model: `${short}-${end}.${count}`, stream: true }));
    for (const heard of await Promise.all(asked)) {
      expect(heard.status).toBe(200);
      const text = client.text(heard);
      expect(words.startsWith(text) && text !== "").toBe(true);
      expect(client.isFinished(heard.text)).toBe(false);
      if (client.name === "anthropic-messages") {
        expect([heard.complete, heard.text.includes("event: error")]).toEqual([false, false]);
      } else {
        expect(readEvents(heard.text).at(-1)).toMatchObject({ error: { message: expect.any(String), param: null } });
      }
      const record = await gateway.generation(heard);
      expect(record).toMatchObject({ status: 200, finish_reason: null, cancelled: false, usage_source: "estimated" });
      expect(record.error_code).toMatch(/^upstream_/);
      expect(record.tokens_completion).toBeGreaterThan(0);
    }
  });

  test("an answer that is not streamed falls back: the client has seen nothing of it", async () => {
    const asked: Array<Promise<Heard>> = Object.keys(ends).map((end) =>
      gateway.ask(client, { model: `${short}-${end}.5` }),
    );
    for (const heard of await Promise.all(asked)) expect(client.text(heard)).toBe("the second answer");
  });
});
