import { request } from "node:http";
import { asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";

/** What came back, as far as it came. */
export type Heard = {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  json: JsonObject;
  /** Whether the answer ended as HTTP wants it, rather than with a broken connection. */
  complete: boolean;
  /** The chunks as the socket delivered them. */
  chunks: Buffer[];
};

/** Posts JSON over a fresh connection, and reports even of an answer that breaks off. Status 0: no answer at all. */
export function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Heard> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let got: Record<string, unknown> = {};
    let complete = false;
    const finish = () => {
      const text = Buffer.concat(chunks).toString("utf8");
      resolve({ status, headers: got, text, json: parse(text), complete, chunks });
    };
    const sent = request(
      url,
      {
        method: "POST",
        agent: false,
        signal,
        headers: {
          authorization: "Bearer test",
          "content-type": "application/json",
          "anthropic-version": "2023-06-01",
          ...headers,
        },
      },
      (response) => {
        status = response.statusCode ?? 0;
        got = response.headers;
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => (complete = response.complete));
        response.on("error", () => undefined);
        response.on("close", finish);
      },
    );
    sent.on("error", () => status === 0 && finish());
    sent.end(typeof body === "string" ? body : JSON.stringify(body));
  });
}

/** What a chat request is answered with: its status, and the message of the refusal if it was one. */
export async function refusalOf(url: string, body: JsonObject): Promise<[status: number, message: unknown]> {
  const { status, json } = await post(`${url}/v1/chat/completions`, body);
  return [status, asObject(json.error).message];
}

/** The data of every event in an SSE text, parsed; the end mark of the chat protocol stays a string. */
export function readEvents(text: string): JsonObject[] {
  return text
    .split(/\r\n\r\n|\n\n|\r\r/)
    .map((event) => event.split(/\r\n|\n|\r/).find((line) => line.startsWith("data:")))
    .filter((line) => line !== undefined)
    .map((line) => line.slice(5).trim())
    .map((data) => (data === "[DONE]" ? { done: true } : asObject(JSON.parse(data))));
}

function parse(text: string): JsonObject {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return {};
  }
}
