import { createHash } from "node:crypto";
import type { ToolOrigin } from "../protocol-contract.ts";
import type { Receipt } from "../receipt.ts";

/** Gives every tool a name that the upstream takes, the same in every request, and remembers which were changed. */
export interface ToolNames {
  toWire(name: string, namespace?: string): string;
  /** Notes that a free-text tool is shown as a function. */
  markCustom(name: string): void;
  /** Notes that the client's search for tools is shown as a function. */
  markToolSearch(name: string): void;
  /** The tools whose name or kind differs upstream, by the upstream's name. */
  readonly origins: ReadonlyMap<string, ToolOrigin>;
}

/** @param maxLength 128 at Anthropic itself, 64 where nothing else is known */
export function createToolNames(maxLength: number, receipt: Receipt): ToolNames {
  const origins = new Map<string, ToolOrigin>();
  const legal = new RegExp(`^[a-zA-Z0-9_-]{1,${maxLength}}$`);

  function toWire(name: string, namespace?: string): string {
    const full = namespace === undefined ? name : `${namespace}__${name}`;
    const wireName = legal.test(full) ? full : rename(full, maxLength);
    if (wireName !== name && !origins.has(wireName)) {
      origins.set(wireName, namespace === undefined ? { name } : { name, namespace });
      receipt.note("repaired", "tools.name", "changed to a name the upstream takes, and changed back in the answer");
    }
    return wireName;
  }

  return {
    toWire,
    markCustom(name) {
      const wireName = toWire(name);
      origins.set(wireName, { ...(origins.get(wireName) ?? { name }), custom: true });
    },
    markToolSearch(name) {
      const wireName = toWire(name);
      origins.set(wireName, { ...(origins.get(wireName) ?? { name }), toolSearch: true });
    },
    origins,
  };
}

// Long names differ at their ends (mcp__server__tool), so a digest of the whole name keeps them apart.
function rename(name: string, maxLength: number): string {
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, maxLength - 9)}_${digest}`;
}
