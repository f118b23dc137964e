import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createMetrics } from "./metrics.ts";

test("docs/operating.md has every metric, and no other", () => {
  const page = readFileSync(new URL("../../../docs/operating.md", import.meta.url), "utf8");
  const shown = [...page.matchAll(/^\| `(onerouter_\w+)` \|/gm)].map(([, name]) => name);
  const names = createMetrics()
    .registry.getMetricsAsArray()
    .map(({ name }) => name);
  expect(new Set(shown)).toEqual(new Set(names.filter((name) => name.startsWith("onerouter_"))));
});
