import { drawId } from "../random-source.ts";
import type { Fault } from "./fault.ts";

/** The ids of a turn's calls as a faulty vendor gives them: all the same, or of another vendor's form. */
export function spoilIds(ids: string[], fault: Fault, draw: () => number): string[] {
  if (fault.calls === "duplicate-ids") return ids.map(() => ids[0] ?? "");
  if (fault.calls !== "foreign-ids") return [...ids];
  return ids.map((id) => `${id.startsWith("call_") ? "toolu_01" : "call_"}${drawId(draw, 22)}`);
}
