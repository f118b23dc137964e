/** An open answer that must not look dead to its client. */
export interface KeptAlive {
  /** Milliseconds, when the client last got a byte (or when it began to wait). */
  lastSignAt: number;
  /** Gives a sign of life. */
  sign(): void;
  /** Milliseconds of silence after which `sign` is due. */
  due: number;
}

/** One clock for all open answers: a timer each would cost more than the answers. */
export interface KeepAlive {
  watch(entry: KeptAlive): () => void;
  close(): void;
}

const tickMs = 500;

interface Place {
  entry: KeptAlive;
  /** -1: it has been left. */
  at: number;
}

/** @param now milliseconds. */
export function createKeepAlive(now: () => number): KeepAlive {
  // Not a Set: V8 links the table that a Set has outgrown to its next one, so that a chain of them, and of the answers in
  // them, waits for a full collection (docs/adr/0007-hot-path.md).
  const places: Place[] = [];
  const timer = setInterval(() => {
    const time = now();
    // Backwards: whoever leaves meanwhile is replaced by one that has had its turn.
    for (let at = places.length - 1; at >= 0; at--) {
      const entry = places[at]?.entry;
      if (entry === undefined || time - entry.lastSignAt < entry.due) continue;
      entry.lastSignAt = time;
      entry.sign();
    }
  }, tickMs);
  timer.unref();

  function leave(place: Place): void {
    if (place.at < 0) return;
    const last = places.pop();
    if (last !== undefined && last !== place) {
      places[place.at] = last;
      last.at = place.at;
    }
    place.at = -1;
  }

  return {
    watch(entry) {
      const place: Place = { entry, at: places.length };
      places.push(place);
      return () => leave(place);
    },
    close: () => clearInterval(timer),
  };
}
