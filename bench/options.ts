import { parseArgs } from "node:util";

/** How long and how often things are measured; milliseconds unless said. */
export type Depth = {
  starts: number;
  settle: number;
  rounds: number;
  throughputSeconds: number;
  warmUp: number;
  latency: number;
  largeRequests: number;
  largeLimit: number;
  streamChunks: number;
  /** Scenarios that run only when `--only` names them. */
  leaveOut: string[];
};

export type Options = { quick: boolean; depth: Depth; only: string[]; peers: boolean };

const full: Depth = {
  starts: 3,
  settle: 2000,
  rounds: 3,
  throughputSeconds: 3,
  warmUp: 2000,
  latency: 2000,
  largeRequests: 100,
  largeLimit: 8000,
  streamChunks: 60,
  leaveOut: [],
};

const quick: Depth = {
  starts: 1,
  settle: 700,
  rounds: 1,
  throughputSeconds: 1,
  warmUp: 700,
  latency: 1000,
  largeRequests: 15,
  largeLimit: 3000,
  streamChunks: 25,
  leaveOut: ["streams-200"],
};

/** Reads the command line; throws with the list of scenario names on a wrong one. */
export function readOptions(args: string[], scenarioNames: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      peers: { type: "string", default: "all" },
    },
  });
  const only = values.only.flatMap((names) => names.split(","));
  const unknown = only.find((name) => !scenarioNames.includes(name));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: choose from ${scenarioNames.join(", ")}`);
  if (values.peers !== "all" && values.peers !== "none") throw new Error("--peers is all or none");
  return { quick: values.quick, depth: values.quick ? quick : full, only, peers: values.peers === "all" };
}

/** Whether a scenario runs: those named by `--only`, else all that the depth does not leave out. */
export function isChosen({ only, depth }: Options, name: string): boolean {
  return only.length > 0 ? only.includes(name) : !depth.leaveOut.includes(name);
}
