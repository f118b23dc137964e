import { createHash } from "node:crypto";
import type { ToolOrigin } from "../protocol-contract.ts";
import type { Receipt } from "../receipt.ts";

const maxLength = 64;
const legalName = /^[a-zA-Z0-9_-]{1,64}$/;

export function isLegalToolName(name: string): boolean {
  return legalName.test(name);
}

/** Gives every tool a name that the upstream takes, the same in every request, and remembers what was changed. */
export interface ToolNames {
  /** @param namespace only where the upstream has none */
  toWire(name: string, namespace?: string): string;
  /** Notes that a tool of another kind is shown as a function. */
  mark(name: string, namespace: string | undefined, kind: "custom" | "toolSearch"): void;
  /** The tools whose name or kind differs upstream, by the upstream's name. */
  readonly origins: ReadonlyMap<string, ToolOrigin>;
}

export function createToolNames(receipt: Receipt): ToolNames {
  const origins = new Map<string, ToolOrigin>();
  const wireNames = new Map<string, string>();

  function toWire(name: string, namespace?: string): string {
    const full = namespace === undefined ? name : `${namespace}__${name}`;
    const known = wireNames.get(full);
    if (known !== undefined) return known;
    const wireName = legalName.test(full) ? full : rename(full);
    wireNames.set(full, wireName);
    if (wireName !== name) {
      origins.set(wireName, namespace === undefined ? { name } : { name, namespace });
      receipt.note("repaired", "tools.name", "changed to a name the upstream takes, and changed back in the answer");
    }
    return wireName;
  }

  return {
    toWire,
    origins,
    mark(name, namespace, kind) {
      const wireName = toWire(name, namespace);
      const origin = origins.get(wireName) ?? (namespace === undefined ? { name } : { name, namespace });
      origins.set(wireName, { ...origin, [kind]: true });
    },
  };
}

// Long names differ at their ends (mcp__server__tool), so a digest of the whole name keeps them apart.
function rename(name: string): string {
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, maxLength - 9)}_${digest}`;
}
