import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { version } from "./version.ts";

test.each(["apps/gateway", "packages/catalog", "packages/mock-upstream", "packages/protocols"])(
  "the version of %s is that of the release",
  (folder) => {
    const file = new URL(`../../${folder}/package.json`, import.meta.url);
    expect(JSON.parse(readFileSync(file, "utf8"))).toHaveProperty("version", version);
  },
);
