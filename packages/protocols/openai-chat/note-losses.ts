import type { CacheMark, Extensions } from "../model/content.ts";
import type { Receipt } from "../receipt.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import type { WireObject } from "../wire/json-object.ts";

/** What a part, a message or a tool may carry beside what the hub has words for. */
interface Carrier {
  cache?: CacheMark;
  extensions?: Extensions;
}

/** Notes a cache mark that is not written: those without marks cache prompts by their beginning, if they do. */
export function noteCacheMark(
  { cache }: Carrier,
  { cacheControl, cacheTtl }: Pick<VendorProfile, "cacheControl" | "cacheTtl">,
  receipt: Receipt,
): void {
  if (cache === undefined) return;
  if (!cacheControl) receipt.note("approximated", "cache_control", "the upstream caches in its own way, without marks");
  else if (cache.ttl === "1h" && cacheTtl === false) {
    receipt.note("approximated", "cache_control.ttl", "the upstream has one lifetime for all");
  }
}

/** For what nobody takes a mark on. */
export const withoutMarks = { cacheControl: false } as const;

/** Writes the fields that only this protocol knows, as far as the vendor takes fields that it does not document. */
export function addOwnFields(
  wire: WireObject,
  part: Carrier,
  where: string,
  profile: VendorProfile,
  receipt: Receipt,
): void {
  const own = part.extensions?.["openai-chat"];
  for (const field in own) {
    if (profile.extensionFields === undefined || profile.extensionFields.includes(field)) wire[field] = own[field];
    else receipt.note("dropped", `${where}.${field}`, `${profile.name} has no such field`);
  }
}
