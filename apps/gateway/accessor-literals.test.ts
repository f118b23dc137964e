import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");

/** Where code runs with every request or event. */
const hot = ["packages/protocols", "packages/catalog"].concat(
  ["healing", "http", "identity", "metering", "pipeline", "routing", "telemetry", "upstream"].map(
    (room) => `apps/gateway/${room}`,
  ),
);

/** Accessors that no request makes anew. */
const allowed = [
  // Made once in the life of a process.
  // Classes: their getters are on the prototype.
  "apps/gateway/http/socket-downstream.ts",
  "apps/gateway/pipeline/continued-answer.ts",
  "apps/gateway/pipeline/emulation.ts",
  "apps/gateway/pipeline/shown-turn.ts",
  "packages/protocols/healing/block-writer.ts",
  "packages/protocols/healing/cursor.ts",
];

test("no request makes an object literal with accessors (docs/adr/0007-hot-path.md)", () => {
  const files = hot.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.includes("node_modules"))
      .map((file) => join(root, folder, file)),
  );
  const found = files.filter((file) => /^\s+[gs]et [\w#]+\(.*\{$/m.test(readFileSync(file, "utf8")));
  expect(found.map((file) => relative(root, file)).sort()).toEqual(allowed.sort());
});
