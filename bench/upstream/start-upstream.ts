import type { ProcessPool } from "../workbench/process-pool.ts";

/** Starts the fixed fast upstream on a free port. */
export async function startUpstream(pool: ProcessPool, command: string[]): Promise<{ origin: string; pid: number }> {
  const child = pool.start({ command });
  const { port } = JSON.parse(await child.firstLine) as { port: number };
  return { origin: `http://127.0.0.1:${port}`, pid: child.pid };
}
