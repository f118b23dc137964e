import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { readBody } from "./read-body.ts";

test("a body in single bytes is put together", async () => {
  const sent = Buffer.from(Array.from({ length: 50_000 }, (_, at) => at % 251));
  const stream = new PassThrough({ highWaterMark: sent.length });
  const request = Object.assign(stream, { headers: {} }) as unknown as IncomingMessage;
  const body = new Promise<Buffer | Error>((resolve) => {
    readBody(request, sent.length, resolve);
  });
  for (const byte of sent) stream.write(Buffer.of(byte));
  stream.end();
  expect(Buffer.compare((await body) as Buffer, sent)).toBe(0);
});
