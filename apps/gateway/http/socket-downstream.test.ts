import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { call, type Call } from "../testing/call.ts";
import { SocketDownstream } from "./socket-downstream.ts";

let server: Server;
beforeEach(async () => {
  server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function open(): Promise<{ client: Call; response: ServerResponse; downstream: SocketDownstream }> {
  const client = call(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [, response] = (await once(server, "request")) as [unknown, ServerResponse];
  return { client, response, downstream: new SocketDownstream(response) };
}

test("whoever asks after the client has gone is told at once", async () => {
  const { client, response, downstream } = await open();
  const early: string[] = [];
  downstream.onClose(() => early.push("gone"));
  client.abort();
  await once(response, "close");
  const late: string[] = [];
  downstream.onClose(() => late.push("gone"));
  expect([early, late]).toEqual([["gone"], ["gone"]]);
});

test("an answer that was sent whole is no client that went away", async () => {
  const { client, response, downstream } = await open();
  const told: string[] = [];
  downstream.onClose(() => told.push("gone"));
  downstream.send(200, {}, "all of it");
  expect((await client.done).text).toBe("all of it");
  if (!response.closed) await once(response, "close");
  downstream.onClose(() => told.push("gone"));
  expect(told).toEqual([]);
});

test("everybody who waits for a slow client hears when it has read, each time", async () => {
  const { client, response, downstream } = await open();
  const told = [0, 0];
  for (const at of [0, 1]) downstream.onDrain(() => void (told[at] = (told[at] ?? 0) + 1));
  downstream.startStream({});
  for (let times = 1; times <= 2; times++) {
    while (downstream.write("x".repeat(64 * 1024))) await new Promise(setImmediate);
    await expect.poll(() => told).toEqual([times, times]);
  }
  downstream.end();
  expect((await client.done).complete).toBe(true);
  expect(response.listenerCount("drain")).toBe(0);
});
