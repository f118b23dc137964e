import type { Depth } from "../options.ts";
import type { Target } from "../targets/target.ts";
import type { Tools } from "./native-tools.ts";
import type { ProcessPool } from "./process-pool.ts";

/** What every scenario is given. */
export type Bench = {
  pool: ProcessPool;
  tools: Tools;
  depth: Depth;
  /** The fixed fast upstream: its origin and, for its own CPU and memory, its process. */
  upstream: { origin: string; pid: number };
  /** Upstream model ids that the targets must know; a stream's length and pace are in its model's name. */
  models: string[];
  targets: Target[];
  benchFolder: string;
};
