const legal = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * Makes call ids that Messages accepts out of any others (`functions.Bash:0`), the same for call and result and the same
 * in every later turn: a character that is not allowed becomes `_`, a second call that would then share an id gets a number.
 */
export interface ToolUseIds {
  /** Calls of earlier turns can have no further result. */
  startTurn(): void;
  ofCall(id: string): string;
  /** Undefined when no call of the latest turn waits for this result. */
  ofResult(id: string): string | undefined;
}

export function createToolUseIds(): ToolUseIds {
  const taken = new Set<string>();
  // Some vendors number the calls of each answer from 0: the same id may stand for several calls.
  const waiting = new Map<string, string[]>();
  return {
    startTurn() {
      waiting.clear();
    },
    ofCall(id) {
      const base = legal.test(id) ? id : id.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, 56) || "call";
      let result = base;
      for (let count = 2; taken.has(result); count++) result = `${base.slice(0, 56)}_${count}`;
      taken.add(result);
      const others = waiting.get(id);
      if (others === undefined) waiting.set(id, [result]);
      else others.push(result);
      return result;
    },
    ofResult: (id) => waiting.get(id)?.shift(),
  };
}
