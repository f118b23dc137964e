// The bare proxy: the least that Messages -> Chat Completions costs in Node. The yardstick of the ratios.
//
// node:http in front, an undici pool behind; it parses the body, converts, encodes again, and does the same with the
// answer, chunk by chunk when streaming. It has no keys, limits, metering, retries, keep-alive pings or error mapping
// beyond a status, and it is not meant to be used.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { parseArgs } from "node:util";
import { Pool } from "undici";
import { chatFromMessages, messagesFromChat, messagesFromChatStream, type Json } from "./bare-conversion.ts";

const { values } = parseArgs({ options: { port: { type: "string" }, upstream: { type: "string" } } });
const upstream = new URL(values.upstream ?? "");
const pool = new Pool(upstream.origin, { connections: 1024 });
const path = `${upstream.pathname.replace(/\/$/, "")}/chat/completions`;

const server = createServer((request, response) => {
  if (request.url === "/readyz") {
    response.end("ok");
    return;
  }
  relay(request, response).catch(() => {
    if (!response.headersSent) response.writeHead(502);
    response.destroy();
  });
});
server.listen(Number(values.port), "127.0.0.1");

async function relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = JSON.parse(await readText(request)) as Json;
  const answer = await pool.request({
    method: "POST",
    path,
    headers: { "content-type": "application/json", authorization: "Bearer dummy" },
    body: JSON.stringify(chatFromMessages(body)),
  });
  if (answer.statusCode !== 200) {
    response.writeHead(answer.statusCode, { "content-type": "application/json" });
    response.end(await answer.body.text());
    return;
  }
  if (body["stream"] !== true) {
    const text = JSON.stringify(messagesFromChat((await answer.body.json()) as Json));
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
    response.end(text);
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.on("close", () => answer.body.destroy());
  const convert = messagesFromChatStream();
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of answer.body) {
    rest += decoder.decode(piece as Uint8Array, { stream: true });
    let out = "";
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      const data = rest.slice("data: ".length, end);
      rest = rest.slice(end + 2);
      if (data !== "[DONE]") out += convert(JSON.parse(data) as Json);
    }
    // One write per upstream piece, however many events it became.
    if (out !== "") response.write(out);
  }
  response.end();
}

async function readText(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString("utf8");
}
