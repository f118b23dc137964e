import { createServer } from "node:net";
import { isServing, urlOf } from "../reach-server.ts";
import { findServer } from "../server-file.ts";
import { fail, ok, type Finding } from "./finding.ts";

/** The port is free, or our own server has it. */
export async function checkPort(dataDir: string, { host, port }: { host: string; port: number }): Promise<Finding> {
  const running = findServer(dataDir);
  if (running !== undefined) {
    return (await isServing(running.url))
      ? ok("server", `running at ${running.url}, process ${running.pid}`)
      : fail("server", `process ${running.pid} should answer at ${running.url} but does not`);
  }
  const code = await tryListening(host, port);
  if (code === undefined) return ok("server", `not running; ${urlOf(host, port)} is free`);
  const what = code === "EADDRINUSE" ? "is taken by another program" : `cannot be listened on (${code})`;
  return fail("server", `not running, and port ${port} on ${host} ${what}`);
}

/** @returns the error code, undefined if it works. */
function tryListening(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
