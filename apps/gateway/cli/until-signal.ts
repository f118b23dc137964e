import { readFileSync } from "node:fs";

/** One Ctrl-C arrives several times: from the terminal, and again from npm and the launcher, which both pass it on. */
const sameSignalMs = 500;

/** How often it is asked whether npm is still there. */
const parentCheckMs = 1000;

/**
 * Settles at the first SIGINT or SIGTERM, or when whoever started this process is gone: the launcher, or npm, which ends on
 * SIGTERM without passing it on. A second signal ends the process at once.
 */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (): void => {
      const now = performance.now();
      if (first === undefined) {
        first = now;
        resolve();
      } else if (now - first > sameSignalMs) process.exit(1);
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
    process.on("SIGHUP", onSignal);
    process.once("disconnect", onSignal);
    if (process.env.npm_lifecycle_event !== undefined) onParentGone(onSignal);
    // The launcher's channel only tells of its end; it must not keep this process alive.
    process.channel?.unref();
  });
}

/** A process whose parent ends is given another one. */
function onParentGone(listener: () => void): void {
  const parent = process.ppid;
  const npm = parentOfShell(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && parentOfShell(parent) === npm) return;
    clearInterval(timer);
    listener();
  }, parentCheckMs).unref();
}

/**
 * npm runs a script in a shell, and the shell waits on when npm is killed. Linux only: elsewhere the shell's end has to do.
 * @returns who started the shell; undefined when the process is no shell that runs a command.
 */
function parentOfShell(pid: number): number | undefined {
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[1] !== "-c") return undefined;
    // "1234 (sh) S 1233 ...", and the name may hold anything.
    const [, parent] = /.*\) \S (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return parent === undefined ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}
