import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { toObject, type Json } from "./call.ts";

/** One request as the upstream saw it. */
export interface SeenRequest {
  path: string;
  headers: IncomingMessage["headers"];
  body: Json;
  /** The body as it came. */
  text: string;
  /** The gateway closed the connection before the answer was complete. */
  aborted: boolean;
}

/** An upstream whose every byte the test decides, for what the mock upstream cannot do. */
export interface ScriptedUpstream {
  url: string;
  seen: SeenRequest[];
  /** The newest request. */
  last(): SeenRequest;
  /** What it does with the requests from now on. */
  answer(handler: Handler): void;
  close(): Promise<void>;
}

export type Handler = (response: ServerResponse, request: SeenRequest) => void | Promise<void>;

export async function startScriptedUpstream(handler: Handler): Promise<ScriptedUpstream> {
  let current = handler;
  const seen: SeenRequest[] = [];
  const server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const request: SeenRequest = {
        path: message.url ?? "",
        headers: message.headers,
        body: parse(text),
        text,
        aborted: false,
      };
      seen.push(request);
      response.on("close", () => (request.aborted = !response.writableFinished));
      void current(response, request);
    });
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    last() {
      const request = seen.at(-1);
      if (request === undefined) throw new Error("the upstream was not asked");
      return request;
    },
    answer: (next) => void (current = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A whole JSON answer of the chat protocol. */
export function chatCompletion(content: string, fields: Json = {}): Json {
  const message = { role: "assistant", content };
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "upstream-model",
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    ...fields,
  };
}

/** A whole JSON answer of the Messages protocol. */
export function message(text: string, fields: Json = {}): Json {
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "upstream-model",
    content: [{ type: "text", text }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 5, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
    ...fields,
  };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

export function startEventStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
}

/** One chunk of a chat stream. */
export function chatChunk(delta: Json, finishReason: string | null = null, fields: Json = {}): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "upstream-model", choices, ...fields })}\n\n`;
}

/** One event of a Messages stream. */
export function messagesEvent(type: string, fields: Json = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

function parse(text: string): Json {
  try {
    return toObject(JSON.parse(text));
  } catch {
    return {};
  }
}
