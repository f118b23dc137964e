import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, warn, type Finding } from "./finding.ts";

const megabyte = 1024 * 1024;
const littleSpace = 500 * megabyte;
const noSpace = 50 * megabyte;

/** The data folder can be written, is private, and has room. */
export async function checkDataFolder(folder: string): Promise<Finding[]> {
  const probe = join(folder, `.doctor-${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(probe, "", { mode: 0o600 });
    rmSync(probe);
  } catch (error) {
    return [
      fail("data folder", `${folder} cannot be written: ${error instanceof Error ? error.message : String(error)}`),
    ];
  }
  const open = (statSync(folder).mode & 0o077) !== 0;
  const access = open
    ? warn("data folder", `${folder} is writable, but others on this machine can look into it (chmod 700)`)
    : ok("data folder", `${folder} is writable`);
  return [access, await checkSpace(folder)];
}

async function checkSpace(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const message = `${Math.floor(free / megabyte)} MB free`;
  if (free < noSpace) return fail("disk space", message);
  return free < littleSpace ? warn("disk space", message) : ok("disk space", message);
}
