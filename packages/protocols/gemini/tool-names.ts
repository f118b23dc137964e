import { createHash } from "node:crypto";
import type { ToolOrigin } from "../protocol-contract.ts";
import type { Receipt } from "../receipt.ts";

/** https://ai.google.dev/api/caching#FunctionDeclaration: letters, digits, underscores, colons, dots and dashes, at most 64. */
const legalName = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/;
const maxLength = 64;
const digestLength = 8;

/** Gives every tool a name that the upstream takes, the same in every request, and remembers which were changed. */
export interface ToolNames {
  toWire(name: string, namespace?: string): string;
  /** Notes that a tool of another kind is shown as a function. */
  mark(name: string, namespace: string | undefined, as: { custom: true } | { toolSearch: true }): void;
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
      if (wireName !== full) {
        receipt.note("repaired", "tools.name", "changed to a name the upstream takes, and changed back in the answer");
      }
    }
    return wireName;
  }

  return {
    toWire,
    mark(name, namespace, as) {
      const wireName = toWire(name, namespace);
      origins.set(wireName, { ...(origins.get(wireName) ?? { name }), ...as });
    },
    origins,
  };
}

// Long names differ at their ends (mcp__server__tool), so a digest of the whole name keeps them apart.
function rename(name: string): string {
  const digest = createHash("sha256").update(name).digest("hex").slice(0, digestLength);
  const cleaned = name.replaceAll(/[^a-zA-Z0-9_.:-]/g, "_");
  const first = /^[a-zA-Z_]/.test(cleaned) ? "" : "t_";
  return `${first}${cleaned.slice(0, maxLength - digestLength - 1 - first.length)}_${digest}`;
}
