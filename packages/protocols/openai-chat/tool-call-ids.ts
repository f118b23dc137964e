import { createHash } from "node:crypto";
import { createCallIds } from "../tools/call-ids.ts";
import type { VendorProfile } from "../vendors/profile.ts";

/** Makes the ids under which the upstream sees the calls of a conversation; called once for each call, in order. */
export type NameCall = (id: string, wireName: string) => string;

/**
 * Ids depend on nothing but the calls before them, so that the same history always has the same bytes.
 * Kimi was trained on `functions.{name}:{n}` with n running over the conversation from 0 and strays when it sees others
 * (MoonshotAI/Kimi-K2 docs/tool_call_guidance.md).
 */
export function createNameCall(profile: VendorProfile): NameCall {
  if (profile.toolCallIdForm === "functions-index") {
    let next = 0;
    return (_id, wireName) => `functions.${wireName}:${next++}`;
  }
  if (profile.toolCallIdForm === "nine-alphanumeric") {
    const used = new Set<string>();
    return (id) => {
      let wireId = /^[a-zA-Z0-9]{9}$/.test(id) ? id : digest(id);
      for (let copy = 2; used.has(wireId); copy++) wireId = digest(`${id}#${copy}`);
      used.add(wireId);
      return wireId;
    };
  }
  return createCallIds(profile.toolCallIdMaxLength ?? 64);
}

// Cut ids would collide: those of Claude Code differ in their last letters.
function digest(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 9);
}
