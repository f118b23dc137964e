import { defineConfig } from "vitest/config";

/** What `npm run test:clients` runs: one file after the other, for each has two processes of its own to feed. */
// oxlint-disable-next-line import/no-default-export -- vitest reads the default export
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["*.test.ts"],
    globalSetup: ["install-clients.ts"],
    fileParallelism: false,
    // Tests that say they can run beside others: two cores, and each of them feeds two processes.
    maxConcurrency: 2,
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
