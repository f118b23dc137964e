import { readdirSync, readFileSync } from "node:fs";

/** What a process group holds and has used; undefined where there is no /proc. */
export type Usage = { cpuSeconds: number; rssBytes: number };

// sysconf(_SC_CLK_TCK) and the page size are these on every Linux that Node ships for, except 64 KB pages on some arm64.
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** CPU time and resident memory of all processes whose group is `group` (proc(5): fields 5, 14, 15 and 24 of stat). */
export function readUsage(group: number): Usage | undefined {
  let entries: string[];
  try {
    entries = readdirSync("/proc");
  } catch {
    return undefined;
  }
  let ticks = 0;
  let pages = 0;
  for (const entry of entries) {
    if (!/^\d+$/.test(entry)) continue;
    const fields = readStat(entry);
    // Counted after the name, which may hold spaces: state is 0, so field n of the manual is n - 3.
    if (fields === undefined || Number(fields[2]) !== group) continue;
    ticks += Number(fields[11]) + Number(fields[12]);
    pages += Number(fields[21]);
  }
  return { cpuSeconds: ticks / TICKS_PER_SECOND, rssBytes: pages * PAGE_BYTES };
}

function readStat(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
