import type { Receipt } from "../receipt.ts";

/** Claude Code's accounting line: it changes with the client's version and means nothing to a model. */
const billingLine = "x-anthropic-billing-header:";

/** A text of the system without that line, for upstreams other than Anthropic: it would change the prompt's beginning. */
export function withoutBillingLine(text: string, receipt: Receipt): string {
  if (!text.startsWith(billingLine)) return text;
  receipt.note("dropped", "system", "a billing note for Anthropic only");
  const end = text.indexOf("\n");
  return end < 0 ? "" : text.slice(end + 1).trimStart();
}
