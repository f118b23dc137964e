import { defineConfig } from "vitest/config";

const minute = 60_000;

/** What `npm test` runs. The real agents (tests/clients) are large and slow and have a configuration of their own. */
// oxlint-disable-next-line import/no-default-export -- vitest reads the default export
export default defineConfig({
  test: {
    // Much of a test's time is waiting: vitest's own choice leaves one of two cores unused.
    maxWorkers: "100%",
    projects: [
      // Property tests take seconds where the cores are shared.
      {
        test: {
          name: "unit",
          include: ["packages/**/*.test.ts", "apps/**/*.test.ts", "bench/economics/*.test.ts", "tests/*.test.ts"],
          setupFiles: ["tests/seed-properties.ts"],
          testTimeout: minute,
        },
      },
      {
        test: {
          name: "conformance",
          include: ["tests/conformance/**/*.test.ts"],
          globalSetup: ["tests/conformance/install-sdks.ts"],
          testTimeout: minute,
          hookTimeout: minute,
        },
      },
      { test: { name: "faults", include: ["tests/faults/**/*.test.ts"], testTimeout: minute, hookTimeout: minute } },
    ],
  },
});
