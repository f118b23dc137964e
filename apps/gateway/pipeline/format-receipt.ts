import type { ReceiptEntry } from "@onerouter/protocols";

/** Longest header value, in characters: proxies in front may take 4 KB of headers in all. */
const maxLength = 1024;
/** What is kept free for the number of those left out. */
const room = ";more=99".length;

/**
 * The receipt as the header `x-onerouter-receipt` shows it: `dropped=top_k,user;approximated=max_tokens`, names
 * percent-encoded where they are not plain. Undefined when nothing was lost.
 */
export function formatReceipt(entries: readonly ReceiptEntry[]): string | undefined {
  if (entries.length === 0) return undefined;
  let text = "";
  let shown = 0;
  for (const action of ["dropped", "approximated", "emulated", "repaired"] as const) {
    let isFirst = true;
    for (const entry of entries) {
      if (entry.action !== action) continue;
      const before = isFirst ? `${text === "" ? "" : ";"}${action}=` : ",";
      const piece = before + encodeName(entry.field);
      if (text.length + piece.length + room > maxLength) break;
      text += piece;
      shown += 1;
      isFirst = false;
    }
  }
  if (shown === entries.length) return text;
  return `${text}${text === "" ? "" : ";"}more=${entries.length - shown}`;
}

/** Field names are the client's own words, and a header takes ASCII. */
function encodeName(field: string): string {
  return encodeURIComponent(field.toWellFormed()).replaceAll("%5B", "[").replaceAll("%5D", "]");
}
