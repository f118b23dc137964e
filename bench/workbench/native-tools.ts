import { join } from "node:path";
import type { ProcessPool } from "./process-pool.ts";

/** The commands of the upstream and the load generator, without their flags. */
export type Tools = { upstream: string[]; load: string[]; native: boolean };

/** Builds the Go tools; where there is no Go, the slower Node ones take their place. */
export async function buildTools(pool: ProcessPool, benchFolder: string, hasGo: boolean): Promise<Tools> {
  if (!hasGo) {
    return {
      upstream: [process.execPath, join(benchFolder, "upstream/node-upstream.ts")],
      load: [process.execPath, join(benchFolder, "load/node-load.ts")],
      native: false,
    };
  }
  // In node_modules/.cache nothing is committed, formatted or linted.
  const cache = join(benchFolder, "node_modules/.cache");
  const env = { GOCACHE: join(cache, "go-build"), GOFLAGS: "-mod=mod", GOTOOLCHAIN: "local" };
  const build = async (name: string): Promise<string[]> => {
    const binary = join(cache, `bench-${name}`);
    await pool.run({ command: ["go", "build", "-o", binary, "."], cwd: join(benchFolder, name), env });
    return [binary];
  };
  return { upstream: await build("upstream"), load: await build("load"), native: true };
}
