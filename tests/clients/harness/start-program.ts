import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
  wallMs: number;
}

export interface Program {
  child: ChildProcess;
  /** Filled while the program runs. */
  output: Finished;
  done: Promise<Finished>;
  /** Ends the program and what it started. */
  end(signal?: NodeJS.Signals): Promise<Finished>;
}

export interface ProgramOptions {
  /** The whole environment: nothing is inherited. */
  env: Record<string, string>;
  cwd: string;
  /** Milliseconds after which the program is killed. */
  timeoutMs?: number;
}

/** Starts a program in a process group of its own, so that its end also ends its children. */
export function startProgram(file: string, args: readonly string[], options: ProgramOptions): Program {
  const startedAt = performance.now();
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const output: Finished = { code: null, stdout: "", stderr: "", wallMs: 0 };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  const kill = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, signal);
  };
  const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => kill("SIGKILL"), options.timeoutMs);
  const done = once(child, "close").then(([code]) => {
    clearTimeout(timer);
    output.code = typeof code === "number" ? code : null;
    output.wallMs = performance.now() - startedAt;
    return output;
  });
  return {
    child,
    output,
    done,
    async end(signal = "SIGKILL") {
      kill(signal);
      return await done;
    },
  };
}
