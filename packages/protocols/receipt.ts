/** What became of a request field that the upstream could not take as it was. */
export interface ReceiptEntry {
  /** Dotted path in the canonical request or the client's own field name. */
  field: string;
  action: "dropped" | "approximated" | "emulated" | "repaired";
  reason: string;
}

/** Every loss of one request. Bounded: the same field and action is noted once. */
export interface Receipt {
  readonly entries: readonly ReceiptEntry[];
  note(action: ReceiptEntry["action"], field: string, reason: string): void;
}

const maxEntries = 64;

export function createReceipt(): Receipt {
  const entries: ReceiptEntry[] = [];
  return {
    entries,
    note(action, field, reason) {
      if (entries.length >= maxEntries) return;
      for (const entry of entries) if (entry.field === field && entry.action === action) return;
      entries.push({ field, action, reason });
    },
  };
}
