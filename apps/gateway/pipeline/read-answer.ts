import type { ChatError, DecodeAnswerContext, EmitEvent, Protocol, StreamDecoder } from "@onerouter/protocols";

/** Reads an upstream's 200 answer, whatever form it really has: a stream where JSON was asked for, or the reverse. */
export interface AnswerReader {
  write(chunk: Buffer): void;
  end(): void;
}

/** Largest JSON answer taken, in bytes. */
export const maxJsonBytes = 64 * 1024 * 1024;

type Form = "unknown" | "stream" | "json" | "refused";

/**
 * The form is read off the first byte, since servers mislabel: `{` is a JSON answer, `<` an error page, anything else a stream.
 * Emits `error` for everything that is not an answer.
 */
export function createAnswerReader(protocol: Protocol, context: DecodeAnswerContext, emit: EmitEvent): AnswerReader {
  let form: Form = "unknown";
  let decoder: StreamDecoder | undefined;
  let text: InstanceType<typeof TextDecoder> | undefined;
  const json: Buffer[] = [];
  let jsonBytes = 0;

  function refuse(message: string): void {
    form = "refused";
    emit({ type: "error", error: { code: "upstream_invalid_response", message } });
  }

  function recognise(chunk: Buffer): void {
    const first = firstVisibleByte(chunk);
    if (first === undefined) return;
    if (first === 0x7b || first === 0x5b) form = "json";
    else if (first === 0x3c) refuse("the upstream answered with a web page");
    else if (first === 0x1f && chunk[1] === 0x8b) refuse("the upstream compressed its answer, which nobody asked for");
    else {
      form = "stream";
      text = new TextDecoder();
      decoder = protocol.createStreamDecoder(context, emit);
    }
  }

  return {
    write(chunk) {
      if (form === "unknown") recognise(chunk);
      if (form === "stream") {
        try {
          decoder?.write(text?.decode(chunk, { stream: true }) ?? "");
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          refuse("the upstream sent an event that is too long");
        }
      } else if (form === "json") {
        jsonBytes += chunk.length;
        if (jsonBytes > maxJsonBytes) refuse("the upstream's answer is too large");
        else json.push(chunk);
      }
    },
    end() {
      if (form === "stream") {
        const rest = text?.decode() ?? "";
        if (rest !== "") decoder?.write(rest);
        decoder?.end();
      } else if (form === "json") {
        const [only] = json;
        decodeJson(json.length === 1 && only !== undefined ? only : Buffer.concat(json), protocol, context, emit);
      } else if (form === "unknown") {
        refuse("the upstream's answer was empty");
      }
    },
  };
}

function decodeJson(bytes: Buffer, protocol: Protocol, context: DecodeAnswerContext, emit: EmitEvent): void {
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString("utf8", hasByteOrderMark(bytes) ? 3 : 0));
  } catch {
    emit({ type: "error", error: invalid("the upstream's answer is not JSON") });
    return;
  }
  protocol.decodeResponse(body, context, emit);
}

function invalid(message: string): ChatError {
  return { code: "upstream_invalid_response", message };
}

function firstVisibleByte(chunk: Buffer): number | undefined {
  for (let at = hasByteOrderMark(chunk) ? 3 : 0; at < chunk.length; at++) {
    const byte = chunk[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
  }
  return undefined;
}

function hasByteOrderMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
