// The fixed upstream for machines without Go: the same answers and streams as main.go, several times slower.
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

const file = JSON.parse(readFileSync(join(import.meta.dirname, "answers.json"), "utf8")) as Record<string, unknown>;
const answers = { chat: JSON.stringify(file["chat"]), messages: JSON.stringify(file["messages"]) };

const server = createServer((request, response) => {
  if (request.method !== "POST") response.end("ok");
  else answer(request, response).catch(() => response.destroy());
});
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces).toString("latin1");
  const protocol = request.url?.startsWith("/v1/messages") === true ? "messages" : "chat";
  if (!/"stream": ?true/.test(body)) {
    response.writeHead(200, { "content-type": "application/json" }).end(answers[protocol]);
    return;
  }
  const [, chunks, interval] = /"model": ?"[^"]*bench-stream-(\d+)x(\d+)ms/.exec(body) ?? [];
  response.writeHead(200, { "content-type": "text/event-stream" });
  const write = protocol === "chat" ? chatWriter(response) : messagesWriter(response);
  await stream(response, write, Number(chunks ?? 20), Number(interval ?? 0));
}

type Writer = { start: () => void; reasoning: (text: string) => void; text: (text: string) => void; end: () => void };

async function stream(response: ServerResponse, write: Writer, chunks: number, interval: number): Promise<void> {
  write.start();
  const begin = performance.now();
  for (let i = 0; i < chunks && !response.destroyed; i += 1) {
    const wait = begin + i * interval - performance.now();
    if (wait > 0) await sleep(wait);
    // performance keeps microseconds of the wall clock, of which Date.now() would cut the fraction.
    const nanoseconds = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
    const text = `t=${nanoseconds}; and so on `;
    if (i < Math.ceil(chunks / 10)) write.reasoning(text);
    else write.text(text);
  }
  write.end();
  response.end();
}

function chatWriter(response: ServerResponse): Writer {
  const shared = {
    id: "chatcmpl-bench",
    object: "chat.completion.chunk",
    created: 1764000000,
    model: "kimi-k2-thinking",
  };
  const usage = { prompt_tokens: 420, completion_tokens: 480, total_tokens: 900, cached_tokens: 256 };
  const send = (fields: object): boolean => response.write(`data: ${JSON.stringify({ ...shared, ...fields })}\n\n`);
  const choose = (delta: object, finish: string | null = null): boolean =>
    send({ choices: [{ index: 0, delta, finish_reason: finish }] });
  return {
    start: () => choose({ role: "assistant", content: "" }),
    reasoning: (text) => choose({ reasoning_content: text }),
    text: (text) => choose({ content: text }),
    end: () => {
      choose({}, "stop");
      send({ choices: [], usage });
      response.write("data: [DONE]\n\n");
    },
  };
}

function messagesWriter(response: ServerResponse): Writer {
  const send = (type: string, fields: object): boolean =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
  const stub = { id: "msg_bench", type: "message", role: "assistant", model: "kimi-k2-thinking", content: [] };
  const usage = { input_tokens: 164, cache_read_input_tokens: 256, cache_creation_input_tokens: 0, output_tokens: 1 };
  let index = 0;
  const delta = (change: object): boolean => send("content_block_delta", { index, delta: change });
  return {
    start: () => {
      send("message_start", { message: { ...stub, stop_reason: null, stop_sequence: null, usage } });
      send("content_block_start", { index, content_block: { type: "thinking", thinking: "", signature: "" } });
    },
    reasoning: (thinking) => delta({ type: "thinking_delta", thinking }),
    text: (text) => {
      if (index === 0) {
        delta({ type: "signature_delta", signature: "YmVuY2g=" });
        send("content_block_stop", { index });
        index = 1;
        send("content_block_start", { index, content_block: { type: "text", text: "" } });
      }
      delta({ type: "text_delta", text });
    },
    end: () => {
      send("content_block_stop", { index });
      send("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 480 } });
      send("message_stop", {});
    },
  };
}
