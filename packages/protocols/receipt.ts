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

/** A receipt that can be begun anew for each upstream that is tried. */
export interface AttemptReceipt extends Receipt {
  /** Forgets what was lost on the way to the upstream before; what was noted before the first attempt stays. */
  beginAttempt(): void;
  /** What was noted so far stays: the attempt has given a part of the answer, which another one goes on with. */
  keepAttempt(): void;
}

const maxEntries = 64;
/** Longest field name and longest reason, in characters: names are a client's to choose. */
const maxLength = 200;

export function createReceipt(): AttemptReceipt {
  const entries: ReceiptEntry[] = [];
  /** How many entries the next attempt begins with; unknown before the first. */
  let kept: number | undefined;
  return {
    entries,
    note(action, field, reason) {
      if (entries.length === maxEntries) return;
      const name = cut(field);
      for (const entry of entries) if (entry.field === name && entry.action === action) return;
      if (entries.length < maxEntries - 1) entries.push({ field: name, action, reason: cut(reason) });
      // Not one of those that are left out may go unmentioned.
      else entries.push({ field: "*", action, reason: "more fields than a receipt names" });
    },
    beginAttempt() {
      kept ??= entries.length;
      entries.length = kept;
    },
    keepAttempt() {
      kept = entries.length;
    },
  };
}

function cut(text: string): string {
  return text.length > maxLength ? text.slice(0, maxLength) : text;
}
