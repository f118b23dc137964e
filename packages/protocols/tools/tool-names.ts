import { createHash } from "node:crypto";
import type { ToolOrigin } from "../protocol-contract.ts";
import type { Receipt } from "../receipt.ts";

/** The form of names that an upstream takes. */
export interface NameForm {
  legal: RegExp;
  /** A character that is not possible, global. */
  illegal: RegExp;
  maxLength: number;
}

/** Gives every tool a name that the upstream takes, the same in every request, and remembers what was changed. */
export interface ToolNames {
  /** @param namespace only where the upstream has none: it becomes part of the name */
  toWire(name: string, namespace?: string): string;
  /** Notes that a tool of another kind is shown as a function. */
  mark(name: string, namespace: string | undefined, kind: "custom" | "toolSearch"): void;
  /** The tools whose name or kind differs upstream, by the upstream's name. */
  readonly origins: ReadonlyMap<string, ToolOrigin>;
}

export function createToolNames(form: NameForm, receipt: Receipt): ToolNames {
  const origins = new Map<string, ToolOrigin>();
  const wireNames = new Map<string, string>();
  const taken = new Set<string>();

  function toWire(name: string, namespace?: string): string {
    const key = namespace === undefined ? name : `${namespace}\n${name}`;
    const known = wireNames.get(key);
    if (known !== undefined) return known;
    const full = namespace === undefined ? name : `${namespace}__${name}`;
    // Two names that were told apart by where the namespace ends would be one.
    const wireName = form.legal.test(full) && !taken.has(full) ? full : rename(full, key, form);
    wireNames.set(key, wireName);
    taken.add(wireName);
    if (wireName !== name) {
      origins.set(wireName, namespace === undefined ? { name } : { name, namespace });
      receipt.note("repaired", "tools.name", "changed to a name the upstream takes, and changed back in the answer");
    }
    return wireName;
  }

  return {
    toWire,
    mark(name, namespace, kind) {
      const wireName = toWire(name, namespace);
      origins.set(wireName, { ...(origins.get(wireName) ?? { name }), [kind]: true });
    },
    origins,
  };
}

const digestLength = 8;

// Long names differ at their ends (mcp__server__tool), so a digest of the whole name keeps them apart.
function rename(name: string, key: string, { legal, illegal, maxLength }: NameForm): string {
  const digest = createHash("sha256").update(key).digest("hex").slice(0, digestLength);
  const cleaned = name.replaceAll(illegal, "_");
  const first = legal.test(cleaned.slice(0, 1)) ? "" : "t_";
  return `${first}${cleaned.slice(0, maxLength - digestLength - 1 - first.length)}_${digest}`;
}
