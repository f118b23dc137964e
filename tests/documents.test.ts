import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { knownProviders } from "@onerouter/catalog";
import { vendorProfiles } from "@onerouter/protocols/vendors/index";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const tree = listTree(".");
const documents = tree.filter((path) => path.endsWith(".md"));

/** What a running gateway or the bench writes, or an operator has; it is in no checkout. */
const elsewhere: ReadonlySet<string> = new Set([
  "onerouter.yaml",
  "./onerouter.yaml",
  "server.json",
  "catalogue.json",
  "gateway.yaml",
  "bench/results/",
]);

test.each(documents)("%s: links lead somewhere, and files that are named exist", (document) => {
  const text = readText(document);
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  expect(links.filter((link) => !/^https?:/.test(link) && !isThere(document, link))).toEqual([]);
  const files = [...text.matchAll(/`([\w@./-]+\.(?:ts|mjs|js|json|md|yaml)|[\w@.-]+\/[\w@./-]*\/)`/g)].map(
    ([, file = ""]) => file,
  );
  expect(files.filter((file) => !elsewhere.has(file) && !isNamed(file))).toEqual([]);
});

test("ARCHITECTURE.md names files and folders of the way of a request that exist", () => {
  const way = /## The way of a request\n([^]*?)\n## /.exec(readText("ARCHITECTURE.md"))?.[1] ?? "";
  const files = [...way.matchAll(/(?<![\w/-])([\w/-]+(?:\.ts|\/))(?= |$)/gm)].map(([, file = ""]) => file);
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((file) => !isNamed(file))).toEqual([]);
});

test("providers and vendor profiles are counted and listed as they are", () => {
  for (const document of ["README.md", "CHANGELOG.md", "docs/models.md"]) {
    expect([document, /(\d+)\s+providers/.exec(readText(document))?.[1]]).toEqual([
      document,
      `${knownProviders.length}`,
    ]);
  }
  const line = /- `vendor` is one of ([^;]+);/.exec(readText("docs/configuration.md"))?.[1] ?? "";
  const listed = [...line.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  expect(new Set(listed)).toEqual(new Set(Object.keys(vendorProfiles)));
});

function readText(document: string): string {
  return readFileSync(join(root, document), "utf8");
}

function isThere(document: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? document : join(dirname(document), path);
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || !target.endsWith(".md") || anchorsOf(target).includes(anchor);
}

function listTree(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (["node_modules", "dist", ".git"].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [path, ...listTree(path)] : [path];
  });
}

/** As GitHub makes them of headings. */
function anchorsOf(document: string): string[] {
  const headings = readText(document).matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  );
}

/** Documents name a file by as much of its path as tells it from others. */
function isNamed(file: string): boolean {
  const name = file.replace(/^\.\//, "").replace(/\/$/, "");
  return tree.some((path) => path === name || path.endsWith(`/${name}`));
}
