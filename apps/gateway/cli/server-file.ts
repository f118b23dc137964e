import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A gateway running on this machine. */
export interface RunningServer {
  pid: number;
  url: string;
}

/** While a server runs, its data folder says where: so `env`, `claude` and `doctor` find it whatever its port. */
export function writeServerFile(dataDir: string, server: RunningServer): void {
  writeFileSync(serverFile(dataDir), `${JSON.stringify(server)}\n`, { mode: 0o600 });
}

/** Removes the entry if it is still this process's own. */
export function removeServerFile(dataDir: string, pid: number): void {
  if (readServerFile(dataDir)?.pid === pid) rmSync(serverFile(dataDir), { force: true });
}

/** The server of a data folder; undefined if there is none or it died without tidying up. */
export function findServer(dataDir: string): RunningServer | undefined {
  const server = readServerFile(dataDir);
  return server !== undefined && isAlive(server.pid) ? server : undefined;
}

function serverFile(dataDir: string): string {
  return join(dataDir, "server.json");
}

function readServerFile(dataDir: string): RunningServer | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(serverFile(dataDir), "utf8"));
    if (typeof value !== "object" || value === null || !("pid" in value) || !("url" in value)) return undefined;
    const { pid, url } = value;
    return typeof pid === "number" && typeof url === "string" ? { pid, url } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process exists but is somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
