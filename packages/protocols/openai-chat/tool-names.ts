import { createHash } from "node:crypto";
import type { ToolOrigin } from "../protocol-contract.ts";
import type { Receipt } from "../receipt.ts";

/** Taken by every vendor: OpenAI's 64 characters, and Moonshot's letter in front. */
const legalName = /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/;

export function isLegalToolName(name: string): boolean {
  return legalName.test(name);
}

/** Gives every tool a name that the upstream takes, the same in every request, and remembers which were changed. */
export interface ToolNames {
  toWire(name: string, namespace?: string): string;
  /** The tools whose name or kind differs upstream, by the upstream's name. */
  readonly origins: ReadonlyMap<string, ToolOrigin>;
  /** Notes that a free-text tool is shown as a function. */
  markCustom(name: string): void;
  /** Notes that the client's search for tools is shown as a function. */
  markToolSearch(name: string): void;
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
      receipt.note(
        "repaired",
        "tools.name",
        "a tool name the upstream does not take was changed, and is changed back in the answer",
      );
    }
    return wireName;
  }

  return {
    toWire,
    origins,
    markCustom(name) {
      const wireName = toWire(name);
      origins.set(wireName, { ...(origins.get(wireName) ?? { name }), custom: true });
    },
    markToolSearch(name) {
      const wireName = toWire(name);
      origins.set(wireName, { ...(origins.get(wireName) ?? { name }), toolSearch: true });
    },
  };
}

// Long names differ at their ends (mcp__server__tool), so a digest of the whole name keeps them apart.
function rename(name: string): string {
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  const cleaned = name.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, 53);
  return `${/^[a-zA-Z]/.test(cleaned) ? "" : "t_"}${cleaned}_${digest}`;
}
