import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { eventsOf } from "../../testing/answer-well.ts";
import type { Call } from "../../testing/call.ts";
import { clientDialects } from "../../testing/client-dialects.ts";
import { readGenerations } from "../../testing/read-generations.ts";
import {
  sendJson,
  startEventStream,
  startScriptedUpstream,
  type Handler,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/* A client that goes away stops the upstream at once, and what was used until then is recorded (BerriAI/litellm#14457, T25). */

const words = "one two three four five six seven eight";

interface Phase {
  stream: boolean;
  upstream: Handler;
  /** When the client goes away. */
  until(call: Call): Promise<unknown>;
  usage: "none" | "estimated";
}

const asked = (): Promise<unknown> => vi.waitFor(() => expect(seenOfModel.length).toBeGreaterThan(0));
let seenOfModel: unknown[] = [];

const phases: Record<string, Phase> = {
  "before the upstream's headers": { stream: true, upstream: () => undefined, until: asked, usage: "none" },
  "before the upstream's headers, not streamed": {
    stream: false,
    upstream: () => undefined,
    until: asked,
    usage: "none",
  },
  "while the upstream is silent": {
    stream: true,
    upstream: (response) => startEventStream(response),
    until: (call) => call.headers,
    usage: "none",
  },
  "after some content": {
    stream: true,
    upstream: (response, request) => {
      startEventStream(response);
      response.write(eventsOf(request, words).slice(0, 5).join(""));
    },
    until: (call) => call.until((text) => text.includes("two")),
    usage: "estimated",
  },
  "in the middle of an answer that is not streamed": {
    stream: false,
    upstream: (response) => void response.writeHead(200, { "content-type": "application/json" }).write('{"id":'),
    until: asked,
    usage: "none",
  },
};

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let handler: Handler;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response, request) => {
    seenOfModel.push(request);
    return handler(response, request);
  });
  gateway = await startTestGateway({
    // Headers go out while there is no content.
    server: { keep_alive_seconds: 0.2 },
    retryBackoffMs: 2000,
    providers: {
      chat: { protocol: "openai-chat", base_url: upstream.url, models: { chat: {} } },
      messages: { protocol: "anthropic-messages", base_url: upstream.url, models: { messages: {} } },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

const ways = clientDialects.flatMap((client) => ["chat", "messages"].map((model) => ({ client, model })));

describe.each(ways)("$client.name, $model upstream", ({ client, model }) => {
  test.each(Object.keys(phases))("%s", async (name) => {
    const phase = phases[name];
    if (phase === undefined) throw new Error(name);
    const before = readGenerations(gateway.folder).length;
    seenOfModel = [];
    handler = phase.upstream;
    const call = gateway.start(client, { model, stream: phase.stream });
    await phase.until(call);
    expect(upstream.last().aborted).toBe(false);
    call.abort();

    await vi.waitFor(() => expect(upstream.last().aborted).toBe(true));
    const records = await vi.waitFor(() => {
      const added = readGenerations(gateway.folder).slice(before);
      expect(added).toHaveLength(1);
      return added;
    });
    expect(records[0]).toMatchObject({
      status: 499,
      aborted: 1,
      error_code: null,
      finish_reason: null,
      usage_source: phase.usage,
      streamed: phase.stream ? 1 : 0,
      provider: model,
    });
    expect(JSON.parse(records[0]?.attempts ?? "")).toMatchObject([{ outcome: "aborted" }]);
    const tokens = [Number(records[0]?.input_tokens), Number(records[0]?.output_tokens)];
    if (phase.usage === "none") expect(tokens).toEqual([0, 0]);
    else expect(tokens).toEqual([expect.toSatisfy((count) => count > 0), expect.toSatisfy((count) => count > 0)]);
    // Nobody is asked again for a client that is gone, and the upstream is not blamed.
    expect(seenOfModel).toHaveLength(1);
  });
});

test("a picture is estimated as one, not by its bytes", async () => {
  const before = readGenerations(gateway.folder).length;
  handler = phases["after some content"]?.upstream ?? never();
  const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0K".repeat(50_000) } };
  const [client = never()] = clientDialects;
  const messages = [{ role: "user", content: [image, { type: "text", text: "what is it?" }] }];
  const call = gateway.start(client, { model: "chat", stream: true, messages });
  await call.until((text) => text.includes("two"));
  call.abort();
  const record = await vi.waitFor(() => readGenerations(gateway.folder)[before] ?? never());
  expect(record).toMatchObject({ status: 499, usage_source: "estimated" });
  expect(record.input_tokens).toBeGreaterThan(1_600);
  expect(record.input_tokens).toBeLessThan(2_000);
});

test("between two attempts: there is no second one", async () => {
  const before = readGenerations(gateway.folder).length;
  seenOfModel = [];
  handler = (response) => sendJson(response, 500, { error: { message: "oops" } });
  const call = gateway.start(clientDialects[0] ?? never(), { model: "chat", stream: true });
  await asked();
  call.abort();
  const record = await vi.waitFor(() => readGenerations(gateway.folder)[before] ?? never());
  expect(record).toMatchObject({ status: 499, aborted: 1 });
  expect(seenOfModel).toHaveLength(1);
});

function never(): never {
  throw new Error("not there");
}
