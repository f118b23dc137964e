import type { Fault } from "./fault.ts";
import { parseFaults } from "./parse-fault.ts";

/** A fault for the requests it matches. */
export type FaultRule = {
  /** Faults in the notation of the README, e.g. `"cut=5+latency=100"`. */
  fault: string;
  /** Only requests whose model (without fault suffix) contains this text. */
  model?: string;
  /** Only requests whose path contains this text. */
  path?: string;
  /** Let this many matching requests pass first. */
  skip?: number;
  /** Stop after this many faulty answers; without it the rule stays. */
  times?: number;
  /** Chance of 0 to 1 that the rule fires, drawn from the seeded generator. */
  probability?: number;
};

type ActiveRule = { rule: FaultRule; fault: Fault; seen: number; fired: number };

/** The rules in force, and how often each has fired. */
export class FaultRules {
  #rules: ActiveRule[] = [];
  readonly #draw: () => number;

  /** @param draw numbers from 0 to 1, for rules with a probability */
  constructor(draw: () => number) {
    this.#draw = draw;
  }

  /** Replaces all rules. @throws UnknownFaultError when a rule's notation is not understood */
  set(rules: FaultRule | FaultRule[] | string): void {
    const list = typeof rules === "string" ? [{ fault: rules }] : Array.isArray(rules) ? rules : [rules];
    this.#rules = list.map((rule) => ({ rule, fault: parseFaults(rule.fault), seen: 0, fired: 0 }));
  }

  /** The faults for one request; later rules win where two set the same thing. */
  take(request: { model: string; path: string }): Fault {
    let fault: Fault = {};
    for (const active of this.#rules) {
      if (this.#fires(active, request)) fault = { ...fault, ...active.fault };
    }
    return fault;
  }

  #fires(active: ActiveRule, request: { model: string; path: string }): boolean {
    const { rule } = active;
    if (rule.model !== undefined && !request.model.includes(rule.model)) return false;
    if (rule.path !== undefined && !request.path.includes(rule.path)) return false;
    active.seen += 1;
    if (active.seen <= (rule.skip ?? 0)) return false;
    if (active.fired >= (rule.times ?? Infinity)) return false;
    if (rule.probability !== undefined && this.#draw() >= rule.probability) return false;
    active.fired += 1;
    return true;
  }
}
