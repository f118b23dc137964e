import type { UpstreamHeaders } from "../upstream-client.ts";
import type { FrameReader } from "./cloud.ts";

/** Takes one whole frame apart. @throws Error for one that is damaged. */
export type FrameDecoder = (frame: Uint8Array) => { headers: Readonly<Record<string, string>>; body: Uint8Array };

/** The longest frame taken, in bytes: AWS sends none above 16 MB. */
const maxFrame = 24 * 1024 * 1024;
/** Total length, length of the headers, and their checksum stand before them; a checksum stands after the body. */
const smallestFrame = 16;

/** Loads the library that knows the format and its checksums. */
export async function loadFrameDecoder(): Promise<FrameDecoder> {
  const { EventStreamCodec } = await import("./aws-library.ts");
  const codec = new EventStreamCodec(
    (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("utf8")),
    (text) => Buffer.from(text, "utf8"),
  );
  return (frame) => {
    const { headers, body } = codec.decode(frame);
    const named = Object.entries(headers).map(([name, { value }]): [string, string] => [name, String(value)]);
    return { headers: Object.fromEntries(named), body };
  };
}

export function isEventStream(headers: UpstreamHeaders): boolean {
  return String(headers["content-type"] ?? "").startsWith("application/vnd.amazon.eventstream");
}

/**
 * Turns AWS' binary event stream into the server-sent events that lie in it: each chunk's `bytes` is one event of the
 * model's own protocol in base64 (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ResponseStream.html).
 * An exception, and a frame that is damaged, becomes an `error` event; what follows is not read.
 */
export function readEventStream(decode: FrameDecoder, inner: FrameReader): FrameReader {
  let waiting: Buffer[] = [];
  let length = 0;
  let over = false;

  function fail(type: string, message: string): void {
    over = true;
    waiting = [];
    inner.write(writeEvent("error", JSON.stringify({ type: "error", error: { type, message } })));
  }

  function take(frame: Buffer): void {
    let event: Buffer | undefined;
    try {
      const { headers, body } = decode(frame);
      if (headers[":message-type"] === "event") event = readChunk(headers, body);
      else fail(typeOfException(headers), messageOf(body));
    } catch {
      fail("api_error", "the upstream's event stream is damaged");
    }
    if (event !== undefined) inner.write(event);
  }

  return {
    write(chunk) {
      if (over) return;
      waiting.push(chunk);
      length += chunk.length;
      for (;;) {
        if (over || length < 4) return;
        const size = sizeOfFirst(waiting);
        if (size < smallestFrame || size > maxFrame) return fail("api_error", "the upstream's event stream is damaged");
        if (length < size) return;
        const [only] = waiting;
        const all = waiting.length === 1 && only !== undefined ? only : Buffer.concat(waiting, length);
        waiting = [all.subarray(size)];
        length -= size;
        take(all.subarray(0, size));
      }
    },
    end: () => inner.end(),
  };
}

/** The first four bytes, which may come in pieces. */
function sizeOfFirst(pieces: readonly Buffer[]): number {
  const [first] = pieces;
  return first !== undefined && first.length >= 4 ? first.readUInt32BE(0) : Buffer.concat(pieces).readUInt32BE(0);
}

/** @returns undefined for an event that holds no chunk. */
function readChunk(headers: Readonly<Record<string, string>>, body: Uint8Array): Buffer | undefined {
  if (headers[":event-type"] !== "chunk") return undefined;
  const chunk = parseObject(body);
  if (typeof chunk.bytes !== "string") return undefined;
  const json = Buffer.from(chunk.bytes, "base64").toString("utf8");
  // The events name themselves; the decoder reads the name there.
  return writeEvent("", json);
}

/** JSON in one line: a line break inside it would end the event. */
function writeEvent(name: string, json: string): Buffer {
  const data = json.includes("\n") || json.includes("\r") ? JSON.stringify(JSON.parse(json)) : json;
  return Buffer.from(name === "" ? `data: ${data}\n\n` : `event: ${name}\ndata: ${data}\n\n`);
}

/** The exceptions of a stream that has begun, in Anthropic's words. */
const exceptionTypes: Readonly<Record<string, string>> = {
  throttlingException: "rate_limit_error",
  serviceUnavailableException: "overloaded_error",
  modelTimeoutException: "timeout_error",
  validationException: "invalid_request_error",
};

function typeOfException(headers: Readonly<Record<string, string>>): string {
  return exceptionTypes[headers[":exception-type"] ?? ""] ?? "api_error";
}

function messageOf(body: Uint8Array): string {
  try {
    const { message, originalMessage } = parseObject(body);
    const text = originalMessage ?? message;
    if (typeof text === "string") return text;
  } catch {
    // Said below.
  }
  return "the upstream broke off its stream";
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
  return typeof value === "object" && value !== null ? { ...value } : {};
}
