import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorkplace } from "../../apps/gateway/cli/testing/run-onerouter.ts";
import { clientDialects } from "../../apps/gateway/testing/client-dialects.ts";
import {
  chatChunk,
  startEventStream,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../../apps/gateway/testing/scripted-upstream.ts";
import { serveGateway, type ServedGateway } from "../../apps/gateway/testing/serve-process.ts";

/*
 * V8 leaves some garbage to a full collection, with everything that it refers to: an object of a hidden class of its own, one
 * that was given a closure after it was made, the tables that a Set has outgrown. One such object in the way of a request, and each request costs as much again
 * in collections. See docs/adr/0007-hot-path.md.
 */

let upstream: ScriptedUpstream;
let gateway: ServedGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream((response, { body }) => {
    if (body.stream === true) startEventStream(response);
    else response.setHeader("content-type", "application/json");
    // So that several are open whenever garbage is collected.
    setTimeout(() => response.end(body.stream === true ? stream : answer), 2);
  });
  const config = {
    providers: {
      moonshot: { protocol: "openai-chat", base_url: upstream.url, api_keys: ["k"], models: { one: {} } },
    },
  };
  const counter = join(import.meta.dirname, "count-garbage.ts");
  gateway = await serveGateway(config, createWorkplace(), { NODE_OPTIONS: `--expose-gc --import=${counter}` });
});

afterAll(async () => {
  await gateway.place.remove();
  await upstream.close();
});

const answer = JSON.stringify({
  id: "1",
  object: "chat.completion",
  created: 1,
  model: "one",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});

const stream = [chatChunk({ role: "assistant", content: "Hello." }), chatChunk({}, "stop"), "data: [DONE]\n\n"].join(
  "",
);

const parameters = { type: "object", properties: { path: { type: "string" } } };
const tools = {
  "anthropic-messages": [{ name: "Read", input_schema: parameters }],
  "openai-chat": [{ type: "function", function: { name: "Read", parameters } }],
};

const kinds = clientDialects.flatMap((client) => [
  { name: client.name, client, streamed: false },
  { name: `${client.name}, streamed`, client, streamed: true },
]);

test.each(kinds)(
  "$name: a request that is over is no burden for a full collection",
  async ({ client, streamed }) => {
    const requests = 960;
    const ask = async (times: number): Promise<void> => {
      const askInTurn = async (): Promise<void> => {
        for (let count = 0; count < times / 16; count++) {
          const { status } = await gateway.ask(client, { model: "one", stream: streamed, tools: tools[client.name] });
          expect(status).toBe(200);
        }
      };
      await Promise.all(Array.from({ length: 16 }, askInTurn));
    };
    // Optimized code makes its objects in other ways.
    await ask(requests);
    await countGarbage();
    await ask(requests);
    const perRequest = (await countGarbage()) / requests;
    expect(perRequest).toBeLessThan(6_000);
  },
  60_000,
);

async function countGarbage(): Promise<number> {
  const counts = (): string[] => gateway.served.output.stderr.match(/(?<=^garbage )-?\d+$/gm) ?? [];
  const before = counts().length;
  gateway.served.child.kill("SIGUSR2");
  await expect.poll(() => counts().length, { timeout: 10_000 }).toBe(before + 1);
  return Number(counts().at(-1));
}
