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

/** @param now milliseconds. */
export function createKeepAlive(now: () => number): KeepAlive {
  const entries = new Set<KeptAlive>();
  const timer = setInterval(() => {
    const time = now();
    for (const entry of entries) {
      if (time - entry.lastSignAt < entry.due) continue;
      entry.lastSignAt = time;
      entry.sign();
    }
  }, tickMs);
  timer.unref();
  return {
    watch(entry) {
      entries.add(entry);
      return () => entries.delete(entry);
    },
    close: () => clearInterval(timer),
  };
}
