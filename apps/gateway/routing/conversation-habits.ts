import { ageOf, ages } from "./cache-shares.ts";

/** How conversations go on, learnt from those that went through here; those with tools apart from those without. */
export interface ConversationHabits {
  /** Turns to expect from this one on, itself included; at most 50. @param turn from 0 */
  expectTurns(withTools: boolean, turn: number): number;
  /** The share (0 to 1) of turns that come so long after the one before, by age as cache-shares.ts tells ages apart. */
  gapShare(withTools: boolean, age: number): number;
  /** A turn has come. @param gapMs since the one before; undefined for the first */
  observe(withTools: boolean, turn: number, gapMs: number | undefined): void;
}

const mostTurnsExpected = 50;
const mostTurnsCounted = 512;
/** Beyond so many first turns all counts are halved: habits change. */
const memory = 2_000;
/** So many conversations are believed to have gone the usual way. */
const priorWeight = 5;
/** With tools a conversation goes on for a while, and the longer it has gone on, the longer it will. */
const usualTurnsWithTools = 8;
/** After a turn, how long people and programs take for the next. */
const usualGaps: readonly number[] = [0.97, 0.025, 0.005];
const priorGaps = 50;
/** The sums are made anew after so many turns. */
const staleAfter = 64;

class Habits {
  readonly reached = new Float64Array(mostTurnsCounted);
  readonly gaps = new Float64Array(ages.length + 1);
  /** Turns counted from each turn on. */
  readonly #after = new Float64Array(mostTurnsCounted + 1);
  #unsummed = 0;

  observe(turn: number, gapMs: number | undefined): void {
    const at = Math.min(turn, mostTurnsCounted - 1);
    this.reached[at] = (this.reached[at] ?? 0) + 1;
    if (gapMs !== undefined) {
      const age = ageOf(gapMs);
      this.gaps[age] = (this.gaps[age] ?? 0) + 1;
    }
    if ((this.reached[0] ?? 0) > memory) this.#halve();
    if (++this.#unsummed >= staleAfter) this.#sum();
  }

  turnsFrom(turn: number): number {
    return this.#after[Math.min(turn, mostTurnsCounted)] ?? 0;
  }

  #sum(): void {
    this.#unsummed = 0;
    let sum = 0;
    for (let at = mostTurnsCounted - 1; at >= 0; at--) this.#after[at] = sum += this.reached[at] ?? 0;
  }

  #halve(): void {
    for (let at = 0; at < mostTurnsCounted; at++) this.reached[at] = (this.reached[at] ?? 0) / 2;
    for (let at = 0; at < this.gaps.length; at++) this.gaps[at] = (this.gaps[at] ?? 0) / 2;
    this.#sum();
  }
}

export function createConversationHabits(): ConversationHabits {
  const withTools = new Habits();
  const without = new Habits();
  const of = (tools: boolean): Habits => (tools ? withTools : without);
  return {
    expectTurns(tools, turn) {
      const habits = of(tools);
      const usual = tools ? usualTurnsWithTools + turn : 1 + turn / 2;
      const seen = habits.reached[Math.min(turn, mostTurnsCounted - 1)] ?? 0;
      const expected = (usual * priorWeight + habits.turnsFrom(turn)) / (priorWeight + seen);
      return Math.max(1, Math.min(mostTurnsExpected, expected));
    },
    gapShare(tools, age) {
      const { gaps } = of(tools);
      let all = priorGaps;
      for (const count of gaps) all += count;
      return ((gaps[age] ?? 0) + priorGaps * (usualGaps[age] ?? 0)) / all;
    },
    observe: (tools, turn, gapMs) => of(tools).observe(turn, gapMs),
  };
}
