import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const launcher = fileURLToPath(new URL("../../bin/onerouter.js", import.meta.url));

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  /** Another Node than this one. */
  node?: string;
}

/** A folder with the command line in it, and nothing of the caller's environment. */
export interface Workplace {
  folder: string;
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Starts `serve --json` and waits for its line. */
  serve(args?: readonly string[], options?: RunOptions): Promise<Served>;
  remove(): Promise<void>;
}

export interface Served {
  ready: { url: string; pid: number; key?: string; mock?: boolean };
  child: ChildProcess;
  output: Finished;
  /** Sends a signal. @returns once the process has ended. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export function createWorkplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), "onerouter-cli-"));
  const children = new Set<ChildProcess>();

  const start = (args: readonly string[], options: RunOptions): { child: ChildProcess; output: Finished } => {
    const node = options.node ?? process.execPath;
    const child = spawn(node, [launcher, ...args], {
      cwd: folder,
      env: { HOME: folder, PATH: [dirname(node), "/usr/bin", "/bin"].join(delimiter), ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output: Finished = { code: null, stdout: "", stderr: "" };
    child.stdout.on("data", (text) => (output.stdout += String(text)));
    child.stderr.on("data", (text) => (output.stderr += String(text)));
    children.add(child);
    child.on("close", (code) => {
      output.code = code;
      children.delete(child);
    });
    return { child, output };
  };

  return {
    folder,
    async run(args, options = {}) {
      const { child, output } = start(args, options);
      await once(child, "close");
      return output;
    },
    async serve(args = [], options = {}) {
      const { child, output } = start(["serve", "--json", "--port", "0", ...args], options);
      while (!output.stdout.includes("\n")) {
        if (child.exitCode !== null) throw new Error(`serve ended: ${output.stderr}${output.stdout}`);
        await Promise.race([once(child.stdout ?? child, "data"), once(child, "close")]);
      }
      return {
        ready: JSON.parse(output.stdout) as Served["ready"],
        child,
        output,
        async end(signal) {
          const closed = once(child, "close");
          child.kill(signal);
          await closed;
          return output.code;
        },
      };
    },
    async remove() {
      const ends = [...children].map((child) => once(child, "close"));
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(ends);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
