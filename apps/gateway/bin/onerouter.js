#!/usr/bin/env node
// Plain JavaScript that any Node since 18 can start: it finds a Node that can run OneRouter, then OneRouter.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import * as nodeModule from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(realpathSync(fileURLToPath(import.meta.url)));

/**
 * Node lets the young generation grow to 64 MB, and a burst of new streams makes it do so, for nothing that lives on. With
 * half of it the conversion of large bodies is as fast and an open stream costs half the memory (docs/adr/0007-hot-path.md).
 */
const serverFlags = process.argv.includes("serve") ? ["--max-semi-space-size=16"] : [];

if (!canRun(process.versions.node)) restartOnNewerNode();
else {
  restartWithFlags();
  await run();
}

/** Type stripping and node:sqlite came with 22.18. */
function canRun(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/** The bundle that `npm ci` made, or the source where it has been changed since. */
async function run() {
  nodeModule.enableCompileCache?.();
  const bundle = join(here, "..", "dist", "onerouter.js");
  const source = join(here, "..", "main.ts");
  await import(pathToFileURL(isCurrent(bundle, source) ? bundle : source).href);
}

function isCurrent(bundle, source) {
  if (!existsSync(source)) return true;
  const made = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const gateway = dirname(source);
  return made > 0 && isOlder(gateway, made) && isOlder(join(gateway, "..", "..", "packages"), made);
}

/** Whether no source file in a folder has been changed since a time. */
function isOlder(folder, time) {
  return readdirSync(folder, { withFileTypes: true }).every((entry) => {
    if (entry.isDirectory()) {
      return entry.name === "node_modules" || entry.name === "dist" || isOlder(join(folder, entry.name), time);
    }
    const isSource = entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts");
    return !isSource || statSync(join(folder, entry.name)).mtimeMs < time;
  });
}

/** Becomes the same program with the flags of a server, in the same process; where that cannot be done it goes on without. */
function restartWithFlags() {
  const given = [...process.execArgv, process.env.NODE_OPTIONS ?? ""].join(" ");
  if (serverFlags.length === 0 || given.includes("semi-space") || process.channel !== undefined) return;
  const args = [process.execPath, ...process.execArgv, ...serverFlags, ...process.argv.slice(1)];
  process.execve?.(process.execPath, args, process.env);
}

function restartOnNewerNode() {
  const node = findNode(here);
  if (node === undefined) {
    console.error(`OneRouter needs Node 22.18 or newer; this is ${process.versions.node}.`);
    process.exit(1);
  }
  // The IPC channel tells the child when this process is killed without a chance to forward anything.
  const child = spawn(node, [...serverFlags, join(here, "onerouter.js"), ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(error.message);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

/** The Node that `npm ci` installed with the repository. */
function findNode(from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const node = join(folder, "node_modules", "node", "bin", "node");
    if (existsSync(node)) return node;
    if (dirname(folder) === folder) return undefined;
  }
}
