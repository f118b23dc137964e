/** Finds the calls that results answer. In this protocol ids are optional: without one the name counts, and the order. */
export interface CallIds {
  /** A new turn of the model: results without an id answer its calls only. */
  beginTurn(): void;
  ofCall(wireId: string | undefined, name: string): string;
  /** Undefined when no call of this name waits for a result. */
  ofResult(wireId: string | undefined, name: string): string | undefined;
}

interface KnownCall {
  id: string;
  wireId: string | undefined;
  name: string;
  answered: boolean;
}

/** Ids depend on nothing but the calls before them, so that the same history always has the same ids. */
export function createCallIds(): CallIds {
  const used = new Set<string>();
  const byWireId = new Map<string, KnownCall>();
  let turn: KnownCall[] = [];
  let count = 0;

  function freshId(): string {
    let id = `call_gemini_${count}`;
    for (let copy = 2; used.has(id); copy++) id = `call_gemini_${count}_${copy}`;
    return id;
  }

  return {
    beginTurn() {
      turn = [];
    },
    ofCall(wireId, name) {
      const id = wireId !== undefined && !used.has(wireId) ? wireId : freshId();
      count++;
      used.add(id);
      const call: KnownCall = { id, wireId, name, answered: false };
      turn.push(call);
      if (wireId !== undefined) byWireId.set(wireId, call);
      return id;
    },
    ofResult(wireId, name) {
      // Of several calls with one id the first without a result is meant.
      const sameId = wireId === undefined ? undefined : turn.find((call) => call.wireId === wireId && !call.answered);
      const known = sameId ?? (wireId === undefined ? undefined : byWireId.get(wireId));
      const call = known ?? turn.find((one) => one.name === name && !one.answered);
      if (call === undefined) return undefined;
      call.answered = true;
      return call.id;
    },
  };
}
