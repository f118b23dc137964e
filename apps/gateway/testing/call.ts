import { request, type Agent, type IncomingHttpHeaders, type IncomingMessage } from "node:http";

export type Json = Record<string, unknown>;

/** What came back, as far as it came. */
export interface Heard {
  /** 0: no answer at all. */
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  json: Json;
  /** The answer ended as HTTP wants it, rather than with a broken connection. */
  complete: boolean;
}

/** A request under way. */
export interface Call {
  /** Settles with the status once the response headers are in; 0 if the connection broke before. */
  headers: Promise<number>;
  /** What has come so far. */
  readonly text: string;
  /** Waits until the text so far satisfies. Rejects when the answer is over without. */
  until(satisfies: (text: string) => boolean): Promise<void>;
  /** Never rejects. */
  done: Promise<Heard>;
  /** Closes the connection. */
  abort(): void;
  /** Reads no more until resume(). */
  pause(): void;
  resume(): void;
}

export interface CallOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** Default: a connection of its own. */
  agent?: Agent;
}

/** Sends one request over a real socket and reports even of an answer that breaks off. Strings and bytes go as they are. */
export function call(url: string, options: CallOptions = {}): Call {
  const { body } = options;
  const bytes =
    body === undefined || typeof body === "string" || Buffer.isBuffer(body) ? (body ?? "") : JSON.stringify(body);
  const chunks: Buffer[] = [];
  const waiting = new Set<() => void>();
  let response: IncomingMessage | undefined;
  let over = false;
  let text = "";
  const tellHeaders = Promise.withResolvers<number>();
  const tellDone = Promise.withResolvers<Heard>();

  function wake(): void {
    for (const check of waiting) check();
  }

  function finish(): void {
    if (over) return;
    over = true;
    text = Buffer.concat(chunks).toString("utf8");
    tellHeaders.resolve(response?.statusCode ?? 0);
    tellDone.resolve({
      status: response?.statusCode ?? 0,
      headers: response?.headers ?? {},
      text,
      json: parseObject(text),
      complete: response?.complete ?? false,
    });
    wake();
  }

  const sent = request(
    url,
    {
      method: options.method ?? (body === undefined ? "GET" : "POST"),
      agent: options.agent ?? false,
      headers: { ...contentHeaders(options, bytes), ...options.headers },
    },
    (received) => {
      response = received;
      tellHeaders.resolve(received.statusCode ?? 0);
      received.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (waiting.size > 0) {
          text = Buffer.concat(chunks).toString("utf8");
          wake();
        }
      });
      received.on("error", () => undefined);
      received.on("close", finish);
    },
  );
  sent.on("error", () => {
    if (response === undefined) finish();
  });
  sent.end(bytes);

  return {
    headers: tellHeaders.promise,
    get text() {
      return over ? text : Buffer.concat(chunks).toString("utf8");
    },
    until(satisfies) {
      return new Promise((resolve, reject) => {
        const check = (): void => {
          if (satisfies(text)) resolve();
          else if (over) reject(new Error(`the answer ended without what was waited for: ${text.slice(-500)}`));
          else return;
          waiting.delete(check);
        };
        text = Buffer.concat(chunks).toString("utf8");
        waiting.add(check);
        check();
      });
    },
    done: tellDone.promise,
    abort: () => sent.destroy(),
    pause: () => void response?.pause(),
    resume: () => void response?.resume(),
  };
}

function contentHeaders({ body, headers }: CallOptions, bytes: string | Buffer): Record<string, string | number> {
  if (body === undefined) return {};
  const type = { "content-type": "application/json" };
  return headers?.["transfer-encoding"] === undefined ? { ...type, "content-length": Buffer.byteLength(bytes) } : type;
}

/** The data of every event in an SSE text; comments are no events, chat's `[DONE]` becomes `{done: true}`. */
export function readEvents(text: string): Json[] {
  return text
    .split("\n\n")
    .map((event) => event.split("\n").find((line) => line.startsWith("data:")))
    .filter((line) => line !== undefined)
    .map((line) => (line.endsWith("[DONE]") ? { done: true } : parseObject(line.slice("data:".length))));
}

export function toObject(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function toArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function parseObject(text: string): Json {
  try {
    return toObject(JSON.parse(text));
  } catch {
    return {};
  }
}
