import type { ReasoningPart } from "../model/content.ts";
import { isObject } from "../wire/json-object.ts";

/*
 * What a client of this protocol brings back untouched is the `thoughtSignature` of a visible part. Thoughts themselves it
 * was perhaps not shown, and some clients leave those that it was shown out of their history. So the signature of a part
 * carries all thoughts before it, each with its sealed signature; these are bound to the text and open only with it.
 *
 * A signature is of type `bytes`: Google's SDKs for Python and Go decode it from base64 and encode it again, perhaps in
 * the other alphabet. Therefore the whole is base64, and nothing depends on the alphabet or the padding.
 */

/** Three bytes, so that their base64 is four characters of its own. */
const mark = "or1";
const markBase64 = Buffer.from(mark).toString("base64");

/** One thought: text, signature, redacted data; what it has not is "". */
type Carried = [text: string, signature: string, redacted: string];

/** @returns undefined when there is nothing to carry */
export function carryThoughts(thoughts: readonly ReasoningPart[]): string | undefined {
  const carried: Carried[] = [];
  for (const { text, signature = "", redacted = "" } of thoughts) {
    if (text !== "" || signature !== "" || redacted !== "") carried.push([text, signature, redacted]);
  }
  if (carried.length === 0) return undefined;
  return Buffer.from(mark + JSON.stringify(carried)).toString("base64");
}

/** @returns undefined for a signature that is not ours */
export function unpackThoughts(signature: string): ReasoningPart[] | undefined {
  if (!signature.startsWith(markBase64)) return undefined;
  let carried: unknown;
  try {
    carried = JSON.parse(Buffer.from(signature, "base64").toString("utf8", mark.length));
  } catch {
    return undefined;
  }
  if (!Array.isArray(carried) || !carried.every(isCarried)) return undefined;
  return carried.map(([text, sealed, redacted]) => {
    const part: ReasoningPart = { type: "reasoning", text };
    if (sealed !== "") part.signature = sealed;
    if (redacted !== "") part.redacted = redacted;
    return part;
  });
}

function isCarried(value: unknown): value is Carried {
  return Array.isArray(value) && value.length === 3 && value.every((one) => typeof one === "string");
}

/** The signature of a part as its client sent it, if it has one. */
export function signatureOf(part: unknown): string | undefined {
  const signature = isObject(part) ? part.thoughtSignature : undefined;
  return typeof signature === "string" && signature !== "" ? signature : undefined;
}
