import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type Command = {
  /** Program and arguments. */
  command: string[];
  cwd?: string;
  /** Added to a clean environment of HOME (a temporary folder) and PATH. */
  env?: Record<string, string>;
};

/** A process this run started. It leads its own process group, so `pid` also names whatever it started itself. */
export type Child = {
  pid: number;
  /** The first line it prints; rejects if it ends before. */
  firstLine: Promise<string>;
  /** Resolves with its exit code. */
  ended: Promise<number>;
  /** The last few kilobytes of its output, for error messages. */
  output(): string;
};

const KEPT_OUTPUT = 4000;

/** All processes and temporary folders of one run; `close` ends and removes every one of them, and nothing else. */
export class ProcessPool {
  readonly #processes = new Map<number, ChildProcess>();
  readonly #folders: string[] = [];
  readonly #home: string;

  constructor() {
    this.#home = this.makeFolder();
  }

  /** A temporary folder that lives until `close`. */
  makeFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), "onerouter-bench-"));
    this.#folders.push(folder);
    return folder;
  }

  /** Starts a process with a clean environment: no gateway may pick up a key that happens to be exported here. */
  start({ command, cwd, env }: Command): Child {
    const [program = "", ...args] = command;
    const path = dirname(process.execPath) + delimiter + (process.env["PATH"] ?? "");
    const child = spawn(program, args, {
      cwd,
      env: { HOME: this.#home, PATH: path, ...env },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let line = "";
    const firstLine = Promise.withResolvers<string>();
    const ended = Promise.withResolvers<number>();
    // Not everyone who starts a process waits for its first line.
    firstLine.promise.catch(() => {});
    const keep = (text: string): void => {
      output = (output + text).slice(-KEPT_OUTPUT);
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      keep(text);
      if (line.includes("\n")) return;
      line += text;
      const end = line.indexOf("\n");
      if (end >= 0) firstLine.resolve(line.slice(0, end));
    });
    child.stderr.setEncoding("utf8").on("data", keep);
    child.on("error", (error) => keep(error.message));
    child.on("close", (code) => {
      if (child.pid !== undefined) this.#processes.delete(child.pid);
      firstLine.reject(new Error(`${program} ended before it was ready: ${output.trim()}`));
      ended.resolve(code ?? 1);
    });
    if (child.pid !== undefined) this.#processes.set(child.pid, child);
    return { pid: child.pid ?? 0, firstLine: firstLine.promise, ended: ended.promise, output: () => output };
  }

  /** Runs a process to its end and returns what it printed on stdout; throws with its output when it fails. */
  async run(command: Command): Promise<string> {
    const child = this.start(command);
    let text = "";
    this.#processes.get(child.pid)?.stdout?.on("data", (piece: string) => (text += piece));
    const code = await child.ended;
    if (code !== 0)
      throw new Error(`${command.command.slice(0, 2).join(" ")} failed (${code}): ${child.output().trim()}`);
    return text;
  }

  /** Ends a process and its group: politely, and after two seconds not. */
  async stop(child: Child): Promise<void> {
    signalGroup(child.pid, "SIGTERM");
    await Promise.race([child.ended, sleep(2000)]);
    signalGroup(child.pid, "SIGKILL");
    await Promise.race([child.ended, sleep(1000)]);
  }

  /** Ends everything at once; safe in an `exit` handler, where nothing can be awaited. */
  close(): void {
    for (const pid of this.#processes.keys()) signalGroup(pid, "SIGKILL");
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (pid <= 1) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended by itself.
  }
}
