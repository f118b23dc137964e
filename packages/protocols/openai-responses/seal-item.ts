import type { ExpressContext } from "../protocol-contract.ts";
import type { WireObject } from "../wire/json-object.ts";
import { encodeNative, readThought } from "./native-reasoning.ts";

/** Puts the envelope where a reasoning item has the provider's own encrypted content. */
export function sealItem(item: WireObject, { origin, sealer }: Pick<ExpressContext, "origin" | "sealer">): void {
  if (item.type !== "reasoning") return;
  const { text, parts } = readThought(item);
  item.encrypted_content = sealer.seal({ origin, native: encodeNative(item, parts) }, text);
}
