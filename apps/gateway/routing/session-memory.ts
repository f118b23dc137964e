/** A prompt's prefix in the cache of one (endpoint, credential) pair. */
export interface Holder {
  pair: string;
  tokens: number;
  /** Unix milliseconds of the last request that read or wrote it. */
  at: number;
}

/** What is remembered of a conversation: sizes and places, no content. */
export interface Session {
  turns: number;
  /** Tokens of the last prompt. */
  promptTokens: number;
  /** Tokens by which the prompt grows from turn to turn. */
  growth: number;
  at: number;
  /** Newest first. */
  holders: Holder[];
}

/** Remembers which pairs hold the prompt of which conversation. In memory; bounded. */
export interface SessionMemory {
  find(session: string): Session | undefined;
  /** A pair has read this prompt to its end. */
  note(session: string, pair: string, promptTokens: number, now: number): void;
}

const mostSessions = 20_000;
const mostHolders = 4;
export const usualGrowth = 400;
/** How much the newest turn counts in what is expected of the next. */
const weight = 0.2;
/** A prompt that has shrunk by more is another one: the client has compacted its conversation. */
const leastKept = 0.7;

export function createSessionMemory(): SessionMemory {
  const sessions = new Map<string, Session>();
  return {
    find: (session) => sessions.get(session),
    note(id, pair, promptTokens, now) {
      const known = sessions.get(id);
      sessions.delete(id);
      sessions.set(id, known === undefined ? begin(pair, promptTokens, now) : goOn(known, pair, promptTokens, now));
      if (sessions.size <= mostSessions) return;
      const [oldest] = sessions.keys();
      if (oldest !== undefined) sessions.delete(oldest);
    },
  };
}

function begin(pair: string, promptTokens: number, now: number): Session {
  const holders = [{ pair, tokens: promptTokens, at: now }];
  return { turns: 1, promptTokens, growth: usualGrowth, at: now, holders };
}

function goOn(session: Session, pair: string, promptTokens: number, now: number): Session {
  const grown = promptTokens - session.promptTokens;
  // A second try of the same turn, or a side question, is no turn of its own.
  if (grown > 0) {
    session.turns += 1;
    session.growth += weight * (grown - session.growth);
  }
  session.promptTokens = promptTokens;
  session.at = now;
  const others = session.holders.filter((holder) => holder.pair !== pair && isPrefix(holder.tokens, promptTokens));
  session.holders = [{ pair, tokens: promptTokens, at: now }, ...others.slice(0, mostHolders - 1)];
  return session;
}

/** Whether what is held may be the beginning of a prompt of this length, both counted roughly. */
export function isPrefix(heldTokens: number, promptTokens: number): boolean {
  return promptTokens >= leastKept * heldTokens;
}
