import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

interface Lock {
  readonly packages: Readonly<
    Record<string, { dependencies?: Record<string, string>; optionalDependencies?: Record<string, string> }>
  >;
}

test.each([".", "tests/clients", "tests/conformance"])(
  "the lock of %s holds every package that its packages ask for, of other systems too, as npm ci demands",
  (folder) => {
    const file = join(import.meta.dirname, "..", folder, "package-lock.json");
    const { packages } = JSON.parse(readFileSync(file, "utf8")) as Lock;
    const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies })
        .filter((name) => !isFoundFrom(path, name, packages))
        .map((name) => `${path}: ${name}`),
    );
    expect(missing).toEqual([]);
  },
);

/** Looks as Node does: in the node_modules of a folder, then of the folders around it. */
function isFoundFrom(path: string, name: string, packages: Lock["packages"]): boolean {
  if (packages[join(path, "node_modules", name)] !== undefined) return true;
  if (path === "") return false;
  const around = path.lastIndexOf("/node_modules/");
  return isFoundFrom(around < 0 ? "" : path.slice(0, around), name, packages);
}
