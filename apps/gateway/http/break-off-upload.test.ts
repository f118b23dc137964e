import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerWell } from "../testing/answer-well.ts";
import { messagesClient } from "../testing/client-dialects.ts";
import { startScriptedUpstream, type ScriptedUpstream } from "../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../testing/start-test-gateway.ts";

let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response, request) => answerWell(response, request, "hello"));
  gateway = await startTestGateway({
    providers: { p: { protocol: "openai-chat", base_url: upstream.url, models: { m: {} } } },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

test("a client that goes away in the middle of its body asks nobody, and harms nobody", async () => {
  for (let round = 0; round < 5; round++) {
    const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
    const head = `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${gateway.key}\r\ncontent-length: 1000\r\n\r\n{"model"`;
    await new Promise<void>((resolve) => socket.write(head, () => resolve()));
    socket.resetAndDestroy();
  }
  const heard = await gateway.ask(messagesClient, { model: "m" });
  expect(heard.status).toBe(200);
  expect(upstream.seen).toHaveLength(1);
});
