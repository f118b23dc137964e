/** One Ctrl-C arrives several times: from the terminal, and again from npm and the launcher, which both pass it on. */
const sameSignalMs = 500;

/**
 * Settles at the first SIGINT or SIGTERM, or when the launcher that started this process is gone. A second signal ends
 * the process at once.
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
    // The launcher's channel only tells of its end; it must not keep this process alive.
    process.channel?.unref();
  });
}
