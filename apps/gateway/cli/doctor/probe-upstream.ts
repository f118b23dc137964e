import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import type { Socket } from "node:net";

/** How far a request to a provider came, and how long each step took, in milliseconds. */
export interface Probe {
  status: number;
  /** The provider's clock, if it sent a Date header; Unix milliseconds. */
  date: number | undefined;
  connectMs: number;
  totalMs: number;
}

const timeoutMs = 10_000;

/**
 * One GET, over a connection of its own. Redirects are not followed, so that the credential goes to the configured address
 * and nowhere else; the body is not read.
 *
 * @throws Error with the step that failed in its message.
 */
export function probeUpstream(url: URL, headers: Readonly<Record<string, string>>): Promise<Probe> {
  const started = performance.now();
  let connectedAt: number | undefined;
  let step = "looking up the address";
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const request = send(url, { headers, agent: false, signal: AbortSignal.timeout(timeoutMs) });
    request.on("socket", (socket: Socket) => {
      socket.once("lookup", (error) => {
        if (error === null) step = "connecting";
      });
      socket.once("connect", () => {
        step = url.protocol === "https:" ? "the TLS handshake" : "waiting for the answer";
        connectedAt = performance.now();
      });
      socket.once("secureConnect", () => {
        step = "waiting for the answer";
      });
    });
    request.on("response", (response: IncomingMessage) => {
      const now = performance.now();
      const date = Date.parse(response.headers.date ?? "");
      resolve({
        status: response.statusCode ?? 0,
        date: Number.isNaN(date) ? undefined : date,
        connectMs: (connectedAt ?? now) - started,
        totalMs: now - started,
      });
      request.destroy();
    });
    request.on("error", (error) => reject(new Error(`${step} failed: ${describe(error)}`)));
    request.end();
  });
}

function describe(error: Error): string {
  if (error.name === "AbortError" || error.name === "TimeoutError") return `no answer within ${timeoutMs / 1000} s`;
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
