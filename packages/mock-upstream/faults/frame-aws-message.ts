import { crc32 } from "node:zlib";
import type { WireEvent } from "../answer.ts";

/**
 * One message of Amazon's binary event stream: lengths, their checksum, headers, payload, checksum of it all
 * (docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html). An event named "exception:NAME" is an exception;
 * any other is a chunk of Bedrock's, whose payload holds the event's JSON in base64.
 */
export function frameMessage(event: WireEvent): Buffer {
  const exception = /^exception:(.+)$/.exec(event.event ?? "")?.[1];
  const payload =
    exception === undefined ? JSON.stringify({ bytes: btoa(binary(event.data)), p: "abcdefgh" }) : event.data;
  return frame(
    {
      [exception === undefined ? ":event-type" : ":exception-type"]: exception ?? "chunk",
      ":content-type": "application/json",
      ":message-type": exception === undefined ? "event" : "exception",
    },
    Buffer.from(payload),
  );
}

function frame(headers: Record<string, string>, payload: Buffer): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => writeHeader(name, value)));
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(12 + head.length + payload.length + 4, 0);
  prelude.writeUInt32BE(head.length, 4);
  const start = Buffer.concat([prelude, checksum(prelude), head, payload]);
  return Buffer.concat([start, checksum(start)]);
}

// Type 7 is a string; its length has two bytes, the name's one.
function writeHeader(name: string, value: string): Buffer {
  const length = Buffer.alloc(3);
  length.writeUInt8(7, 0);
  length.writeUInt16BE(Buffer.byteLength(value), 1);
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), length, Buffer.from(value)]);
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes), 0);
  return sum;
}

function binary(text: string): string {
  return Buffer.from(text).toString("latin1");
}
