import type { Bench } from "../workbench/bench.ts";

/** Something to measure. Adding one is a file here and a line in `list-targets.ts`. */
export type Target = {
  name: string;
  /** The protocol it is asked in; `chat` marks one that cannot turn Messages into Chat Completions. */
  speaks: "messages" | "chat";
  /** False for the direct baseline, which starts nothing. */
  isGateway: boolean;
  start: (bench: Bench) => Promise<RunningTarget>;
};

/** A target that answers. */
export type RunningTarget = {
  name: string;
  speaks: "messages" | "chat";
  url: string;
  headers: Record<string, string>;
  /** How this target names an upstream model. */
  model: (upstreamId: string) => string;
  /** The process group to measure. */
  pid: number;
  /** Milliseconds from spawn to the first 200 of its ready address. */
  readyAfter: number;
  stop: () => Promise<void>;
};
