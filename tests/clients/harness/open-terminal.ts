import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { join } from "node:path";
import { searchPath } from "./places.ts";

/** A terminal of 120 x 40 in a tmux server of its own. */
export interface Terminal {
  /** What is on the screen now. */
  screen(): string;
  type(text: string): void;
  /** A key by tmux's name for it: Enter, Escape ... */
  press(key: string): void;
  close(): void;
}

export interface TerminalOptions {
  folder: string;
  cwd: string;
  /** The program and its arguments. */
  command: readonly string[];
  /** The whole environment of the program. */
  env: Record<string, string>;
}

/** @throws where tmux is not installed: what a person sees would go untested. */
export function openTerminal({ folder, cwd, command, env }: TerminalOptions): Terminal {
  const socket = join(folder, "tmux");
  const run = (...args: string[]): SpawnSyncReturns<string> =>
    spawnSync("tmux", ["-S", socket, "-f", "/dev/null", ...args], {
      cwd,
      env: { HOME: folder, PATH: searchPath, LANG: "C.UTF-8", TERM: "xterm-256color" },
      encoding: "utf8",
    });
  const tmux = (...args: string[]): string => {
    const { error, status, stdout, stderr } = run(...args);
    if (error !== undefined) throw new Error(`tmux is needed for this test (apt-get install tmux): ${error.message}`);
    if (status !== 0) throw new Error(`tmux ${args[0]} failed: ${stderr}`);
    return stdout;
  };
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  tmux("new-session", "-d", "-x", "120", "-y", "40", "--", "env", "-i", ...assignments, ...command);
  return {
    screen: () => tmux("capture-pane", "-p"),
    type: (text) => void tmux("send-keys", "-l", "--", text),
    press: (key) => void tmux("send-keys", key),
    // The server has gone by itself if the program has ended.
    close: () => void run("kill-server"),
  };
}
