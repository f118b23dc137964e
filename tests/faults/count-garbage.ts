import { getHeapSpaceStatistics } from "node:v8";
import { isMainThread } from "node:worker_threads";

/**
 * Loaded into a gateway beside its own code (`node --expose-gc --import`): at SIGUSR2 it writes to stderr how many bytes the
 * scavenges of the young generation had to leave to a full collection, `garbage <bytes>`.
 */
if (isMainThread) {
  process.on("SIGUSR2", () => {
    // What has outlived two scavenges is in old space.
    for (let times = 0; times < 4; times++) globalThis.gc?.({ type: "minor" });
    const scavenged = usedBytes();
    globalThis.gc?.();
    process.stderr.write(`garbage ${scavenged - usedBytes()}\n`);
  });
}

function usedBytes(): number {
  return getHeapSpaceStatistics().reduce((sum, space) => sum + space.space_used_size, 0);
}
